"""The process in which Python models run. Needs Python 3.9 and nothing else, until a model asks for more."""
