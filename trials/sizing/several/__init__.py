"""Several questions in one trial: their plan, their answer, and the sentences on them."""
