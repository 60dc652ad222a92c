"""What may change the effect of a treatment: the traits of people, and what a trial tells within their levels."""
