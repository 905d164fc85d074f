"""Forms of the register, cut by noun."""
