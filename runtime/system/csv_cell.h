/* csv_cell.h: the cells of the tables that netc writes (RFC 4180), with commas between them. Tables that users have are
 * read by data/csv.c, which knows more ways of writing them. */
#ifndef NC_CSV_CELL_H
#define NC_CSV_CELL_H

#include <stdio.h>

/* Writes a text, in quotes where it has what would end a cell. */
void nc_csv_put_cell(FILE *to, const char *text);

/* The next cell of a line that nc_csv_put_cell made, unquoted in place; *at goes behind its comma, or becomes NULL. */
char *nc_csv_next_cell(char **at);

#endif
