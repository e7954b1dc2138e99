"""The command line: flags and printing, no physics."""
