"""The pages of a brief: page one, then one module for each subject after it. Each gives blocks, none knows of a format."""
