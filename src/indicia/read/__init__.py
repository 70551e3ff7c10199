"""Reading: text into claims and mentions, each with the exact place it came from.

fronts      files of any common format into documents       reading   all that one document says
claims/     who accuses whom, how firmly, on what grounds    affairs   claims of many documents on one incident, joined
techniques/ indicators/ names/                               rows      the flat JSON form
"""
