"""How an answer looks: pages and their JSON twins, tables, words, marks in a text, drawings."""
