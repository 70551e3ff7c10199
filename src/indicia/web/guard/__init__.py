"""Who may ask, and for how much.

hosts      names that it answers to, headers of each answer, Starlette's checks around it
entrance   launch token, session, forms, and what a form may name      connections  time-outs and their number
"""
