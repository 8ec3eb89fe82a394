"""The sources of the demo, one a module; each writes what its real counterpart would."""
