/* csv_set.h: what the data set CSV keeps of its files, and which of their columns are what. */
#ifndef NC_DATA_CSV_SET_H
#define NC_DATA_CSV_SET_H

#include "csv.h"
#include "table.h"

struct nc_csv_file {
    struct nc_csv csv;
    long long first; /* of the rows of all files, its first one's number */
    int *column; /* [table.column_count + target_count] of the file: those of a sample, then the targets; of
                  * predict those of a sample alone */
};

/* What a column of a sample becomes. */
enum { NC_CSV_NUMBERS, NC_CSV_CATEGORIES, NC_CSV_AS_IT_LOOKS };

/* What data->own is here. */
struct nc_csv_set {
    struct nc_table table; /* first */
    const char *path;
    int header;            /* -1: as the file looks */
    char delimiter;
    const struct nc_column *targets, *columns, *categorical; /* as the .net file says */
    int target_count, column_count, categorical_count;       /* -1: nothing is said */

    struct nc_csv_file *files; /* [file_count]: one, or those that `predict` was given */
    int file_count;
    unsigned char *becomes;    /* [table.column_count] NC_CSV_... */
};

/* Chooses the columns of the training or test file, as the .net file says; sets table.columns with their names, and
 * becomes. What does not fit ends the program. */
void nc_csv_choose(struct nc_csv_set *set);

/* The columns of a file whose rows are to be predicted: where table.columns and becomes are there, those of that name,
 * or, if the file has no names, those that can be told by their number; and otherwise those that the .net file says,
 * which sets both. The targets may be there or not. `whose` the names are, for messages. */
void nc_csv_choose_like(struct nc_csv_set *set, struct nc_csv_file *file, const char *whose);

/* "medv", or "13" without a header. */
const char *nc_csv_column_name(const struct nc_csv *csv, int column);

#endif
