"""The demo: sign-ins of every role, and things in every state, on top of an invented city."""
