"""What the product knows about following up: pure functions over values, with `now` as an argument."""
