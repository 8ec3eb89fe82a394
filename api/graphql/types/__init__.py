"""The types of the schema, one family a file. They are plain: what a store gave, named as the schema names it."""
