"""Pages of the portal: what anybody may read, and an owner's own pages."""
