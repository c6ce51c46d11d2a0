/* report.h: a run, or several, as one page of HTML that needs nothing else: no network, no library, no script but to
 * look closer. It shows what a log has left: the table of scalars, and the record of the run (log/record.h). What a
 * record lacks is not shown; nothing that stands in one is trusted. */
#ifndef NC_REPORT_H
#define NC_REPORT_H

#include <stdio.h>

#include "core.h"
#include "system/json_tree.h"

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

enum { NC_REPORT_WHY = 8192 };

/* A run. */
struct nc_report_run {
    char *name;        /* of its folder */
    const char *label; /* what it is called on the page */
    struct nc_report_table scalars;
    cJSON *record;              /* NULL: there is none, or it can't be read; */
    char remark[NC_REPORT_WHY]; /* why not; "": nothing is to be said */
};

/* Reads a table of scalars into *table: 0, or an errno; EINVAL: it is none. */
int nc_report_read_table(const char *path, struct nc_report_table *table);
void nc_report_free_table(struct nc_report_table *table);

/* Reads a run: a log's folder, or one of its tables. 1; or 0 where it is none, with a sentence, and what to do about it
 * (NULL: nothing is known). nc_report_free_run does in both cases. */
int nc_report_read_run(const char *path, struct nc_report_run *run, char why[NC_REPORT_WHY], const char **hint);
void nc_report_free_run(struct nc_report_run *run);

/* Writes the page to a file: 0, or an errno. */
int nc_report_write(const char *path, const struct nc_report_run *runs, int count);

/* Its sections: curves (curves.c); what the runs were made with, and what came of it (made.c); answers of the test data
 * (answers.c); filters, the model and the text (model.c); the profile (times.c). Each draws nothing where no run has
 * any. */
void nc_report_curves(FILE *to, const struct nc_report_run *runs, int count);
void nc_report_made(FILE *to, const struct nc_report_run *runs, int count);
void nc_report_answers(FILE *to, const struct nc_report_run *runs, int count);
void nc_report_model(FILE *to, const struct nc_report_run *runs, int count);
void nc_report_times(FILE *to, const struct nc_report_run *runs, int count);

/* A section in which runs stand side by side: `put` draws what `has` says that a run has (html.c). */
void nc_html_section(FILE *to, const char *title, const struct nc_report_run *runs, int count,
                     int (*has)(const struct nc_report_run *run),
                     void (*put)(FILE *to, const struct nc_report_run *run));

/* A picture as a record has it: base64 of a PNG file, or of another kind of picture. 0: it is none. */
int nc_html_picture(FILE *to, const char *kind, const char *base64, int width, const char *style, const char *alt);

/* A bar as long as a share of 1. */
void nc_html_bar(FILE *to, double share);

/* A text as HTML has it, between tags and in quoted attributes. What is no UTF-8, and what HTML has no place for,
 * becomes U+FFFD. */
void nc_html_text(FILE *to, const char *text);

/* How many colours curves have: .c0 to .c7 of page.css, which the colour-blind tell apart. */
enum { NC_REPORT_COLOURS = 8 };

extern const char nc_report_css[], nc_report_js[];

#endif
