"""The invented city, computed: places, shapes, names, firms, homes and people from one seed."""
