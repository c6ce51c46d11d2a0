/* table.h: the scalars of a run as rows of a CSV file: epoch, step, and a column for each name. */
#ifndef NC_LOG_TABLE_H
#define NC_LOG_TABLE_H

#include "event_file.h"
#include "internal.h"

struct nc_log_table {
    int file; /* -1: none */
    char path[NC_PATH];
    const char *const *names; /* [count] */
    int count;
    double *values;       /* of the row under way, and */
    unsigned char *there; /* whether it has them */
    char *text;           /* [capacity] of a row */
    size_t capacity;
};

/* Makes scalars.csv in `folder`, or scalars_2.csv and so on where older runs have left theirs; takes memory for its
 * rows. A run that is resumed goes on in `before`, where that is in the folder and has these columns: rows of steps
 * from resume_step on go. 0, or an errno; then `path` is what could not be written. */
int nc_log_table_open(struct nc_run *run, struct nc_log_table *t, const char *folder, const char *const *names,
                      int count, const char *before, long long resume_step);

void nc_log_table_set(struct nc_log_table *t, const char *name, double value);
int nc_log_table_row(struct nc_log_table *t, long long epoch, long long step); /* 0, or an errno */
void nc_log_table_close(struct nc_log_table *t);

#endif
