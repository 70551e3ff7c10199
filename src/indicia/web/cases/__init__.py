"""The cases of a folder, how they are built in the background, and what a page reads of them."""
