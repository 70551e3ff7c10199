"""The pages, one module each: a function from what is asked to what is shown. None of them changes anything."""
