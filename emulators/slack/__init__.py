"""A stand-in of Slack's Web API: what bots need to post messages."""
