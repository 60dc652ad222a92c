"""The tables of the register's pages."""
