"""Pure rules of official papers."""
