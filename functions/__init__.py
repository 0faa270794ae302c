"""The entry points: a request or a message comes in, a flow is called, a status goes out."""
