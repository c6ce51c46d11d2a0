/* report.h: a run, or several, as one page of HTML that needs nothing else: no network, no library, no script but to
 * look closer. It shows the table of scalars that a log has left. */
#ifndef NC_REPORT_H
#define NC_REPORT_H

#include <stdio.h>

#include "core.h"

/* A column of the table of scalars. NaN: the row has no number there, or it is none. */
struct nc_report_column {
    char *name;
    double *value; /* [rows] */
    unsigned char *there; /* [rows] whether the row has it */
};

struct nc_report_table {
    struct nc_report_column *columns; /* [column_count] */
    int column_count, rows;
    long long *epoch, *step; /* [rows] */
};

/* A run. */
struct nc_report_run {
    char *name;        /* of its folder */
    const char *label; /* what it is called on the page */
    struct nc_report_table scalars;
};

/* Reads a table of scalars into *table: 0, or an errno; EINVAL: it is none. */
int nc_report_read_table(const char *path, struct nc_report_table *table);
void nc_report_free_table(struct nc_report_table *table);

/* Reads a run: a log's folder, or one of its tables. Ends the program where it is none. */
void nc_report_read_run(const char *path, struct nc_report_run *run);
void nc_report_free_run(struct nc_report_run *run);

/* Writes the page. */
void nc_report_page(FILE *to, const struct nc_report_run *runs, int count);

/* Its curves (curves.c). */
void nc_report_curves(FILE *to, const struct nc_report_run *runs, int count);

/* A text as HTML has it, between tags and in quoted attributes. What is no UTF-8, and what HTML has no place for,
 * becomes U+FFFD. */
void nc_html_text(FILE *to, const char *text);

/* How many colours curves have: .c0 to .c7 of page.css, which the colour-blind tell apart. */
enum { NC_REPORT_COLOURS = 8 };

extern const char nc_report_css[], nc_report_js[];

#endif
