"""Who may ask, and for how much.

hosts      names that it answers to       headers      of each answer, and Starlette's checks around it
entrance   launch token, session, forms   connections  time-outs and their number      folders  what a form may name
"""
