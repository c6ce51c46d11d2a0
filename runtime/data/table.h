/* table.h: rows of numbers, words and targets on their way to samples: what CSV, NPY and NPZ have in common.
 *
 * `load` brings the columns into memory. What is learned from the training samples alone (the numbers of Standardize
 * and MinMax, of missing="mean"; and with them the names of categories) core then asks for, and gives to the training
 * and the test data alike: struct nc_fitting in internal.h. Only then are there samples. */
#ifndef NC_DATA_TABLE_H
#define NC_DATA_TABLE_H

#include <stdio.h>

#include "internal.h"

enum { NC_MISSING_ERROR, NC_MISSING_DROP, NC_MISSING_MEAN, NC_MISSING_MEDIAN };
enum { NC_STANDARDIZE, NC_MIN_MAX };
enum { NC_MOST_STEPS = 8 };

/* A column that samples have. */
struct nc_table_column {
    const char *name;
    int categories;        /* 0: numbers; else the column becomes so many floats of 0 and 1 */
    char **category;       /* [categories] sorted */
    double *value;         /* [rows] the number, NAN: missing; or the place of the category, -1: missing */
};

/* What such a data set keeps in data->own, at its beginning. */
struct nc_table {
    int missing; /* NC_MISSING_... */
    struct nc_table_step {
        int kind;         /* NC_STANDARDIZE, NC_MIN_MAX */
        double low, high; /* MIN_MAX: what the least and the largest number become */
    } steps[NC_MOST_STEPS];
    int step_count;

    /* by load */
    int column_count; /* 0: the samples are there already */
    struct nc_table_column *columns;
    int file_columns; /* of a file without names, of which columns= has taken some by their numbers; 0: unknown */
    char **class_names; /* [data->classes]: labels are places in it; NULL: the numbers themselves, or no classes */

    /* Where a cell stands, for messages: "houses.csv:17:5"; column -1: the target. */
    void (*place)(const struct nc_data *data, long long row, int column, char *text, size_t capacity);
};

/* What is learned from the training samples: a record of it is kept with the checkpoint. */
struct nc_fit {
    int column_count;
    struct nc_fit_column {
        char *name;
        int categories;
        char **category;
        double fill; /* for what is missing */
    } *columns;
    int classes; /* their names are of no use here, but --resume holds records against those of earlier versions */
    char **class_names;
    int step_count;
    struct nc_fit_step {
        int kind;
        double *offset, *scale; /* [column_count] STANDARDIZE: (x - offset) / scale; MIN_MAX: x * scale + offset */
    } *steps;
    int file_columns; /* as of nc_table; records of earlier versions lack it */
};

/* The record of a fit, in memory that the caller frees. */
unsigned char *nc_fit_pack(const struct nc_run *run, const struct nc_fit *fit, long long *bytes);

/* The other way; ends the program when the record, which is `whose`, is damaged. nc_fit_free takes what it holds. */
void nc_fit_unpack(const struct nc_run *run, struct nc_fit *fit, const unsigned char *record, long long bytes,
                   const char *whose);
void nc_fit_free(struct nc_fit *fit);

/* Sets data->fitting, the count, and (if there are columns) the shape that they give. */
void nc_table_finish(struct nc_data *data, long long rows);

/* Whether the target of a sample, numbers of this shape, is a class, or a class for each place of the model's output;
 * if not, they are floats, also the probabilities of the classes. Ends the program where the loss takes neither. */
int nc_table_has_labels(const struct nc_data *data, int rank, const long long *shape);

/* Class labels out of numbers, one for each place of each row: whole ones that are all below the model's classes, or
 * what the loss ignores, stand for themselves; other whole ones become their places among the sorted different ones,
 * but where rows have several. */
void nc_table_labels(struct nc_data *data, const double *value, long long rows);

/* The different ones among `count` numbers, sorted, in *different, and for each of the numbers its place there (-1 for
 * NAN) in place[count]. Returns how many there are. */
int nc_table_numbers(const struct nc_run *run, const double *value, long long count, double **different, int *place);

/* What samples are made of: NC_FLOAT, or NC_INT where the model has tokens. Stores such an element, 4 bytes; 0 where
 * the value is not fit for one, and what to say of it then: "too large for a float". */
int nc_table_element(const struct nc_data *data);
int nc_table_store(const struct nc_data *data, void *samples, long long at, double value);
const char *nc_table_unfit(const struct nc_data *data);

/* "3", "2.5": a number as the name of a category or a class, in memory that the caller frees. */
char *nc_table_name(const struct nc_run *run, double value);

#endif
