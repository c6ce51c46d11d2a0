/* csv.h: text files of rows and columns, as RFC 4180 has them: cells between delimiters, in quotes where they hold one.
 * Blanks around a cell, empty lines, a byte order mark and any kind of line end are taken as they come. */
#ifndef NC_DATA_CSV_H
#define NC_DATA_CSV_H

#include "internal.h"

enum { NC_CELL_NUMBER, NC_CELL_WORD, NC_CELL_MISSING };

struct nc_csv {
    const struct nc_data *data; /* whose errors these are */
    const char *path;
    const unsigned char *text;  /* the whole file */
    size_t size;
    char delimiter;             /* ' ': any number of blanks */
    int header;                 /* the first row is names; before nc_csv_read -1: if none of its cells is a number */
    int columns;
    char **names;               /* [columns]; NULL without a header */
    int rows;
    size_t *row_at;             /* [rows] where each begins */
    double *value;              /* [rows][columns] the number; of a word where it begins in the text */
    unsigned char *kind;        /* [rows][columns] NC_CELL_... */
    size_t line_at, lines;      /* so many lines end before the byte at line_at */
};

/* Brings the file into memory; returns 0, or what errno says. */
int nc_csv_open(struct nc_csv *csv);

/* Reads all of it, which nc_csv_open may have opened. What is no table ends the program, with the line and
 * the column. */
void nc_csv_read(struct nc_csv *csv);

/* Of a table that has only one column: the delimiter that its first line has instead, as a hint; else NULL. */
const char *nc_csv_hint(const struct nc_csv *csv);

/* Frees the values and kinds. What is left, the text, the names and the places of rows, lives as long as the data. */
void nc_csv_free_values(struct nc_csv *csv);

/* The text of a cell, without its quotes, in memory that the caller frees. */
char *nc_csv_word(const struct nc_csv *csv, int row, int column);

/* "houses.csv:17:5": where a cell stands. */
void nc_csv_place(const struct nc_csv *csv, int row, int column, char *text, size_t capacity);

/* The line on which a row begins, from 1: quick for rows that are asked for in their order. */
size_t nc_csv_line(struct nc_csv *csv, int row);

/* Ends the program: "set: houses.csv:17:5: ...", the place of the cell; row -1: in the header. */
_Noreturn void nc_csv_fail(const struct nc_csv *csv, int row, int column, const char *hint, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Takes out the rows that `drop` ([rows]) marks. */
void nc_csv_drop(struct nc_csv *csv, const unsigned char *drop);

/* A decimal number of `length` characters, rounded to the nearest double: digits, a point, an exponent. 0 when it is
 * something else. */
int nc_number(const char *text, size_t length, double *value);

#endif
