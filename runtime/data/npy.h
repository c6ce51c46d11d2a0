/* npy.h: numpy's arrays in files, formats 1.0 to 3.0 (numpy/lib/format.py): a header that is a Python literal, then the
 * elements. */
#ifndef NC_DATA_NPY_H
#define NC_DATA_NPY_H

#include "internal.h"

enum { NC_MOST_AXES = 8 };

struct nc_array {
    const struct nc_data *data; /* whose errors these are */
    const char *name;           /* "x.npy", or "set.npz: x": for messages */
    int rank;
    long long shape[NC_MOST_AXES];
    long long elements;
    char kind;     /* 'f', 'i', 'u' or 'b' */
    int size;      /* bytes of an element */
    int swapped;   /* big-endian */
    int fortran;   /* the first axis is the fastest one */
    const unsigned char *bytes; /* of the elements */
};

/* Reads the header of a file that is in memory, which stays. What is no array of numbers ends the program. data and
 * name are set. */
void nc_npy_parse(struct nc_array *array, const unsigned char *bytes, size_t size);

/* Whether elements are four bytes of this kind in the machine's own order: floats or ints. */
int nc_npy_is_ours(const struct nc_array *array, char kind);

/* The element at a place in C's order, as a double. */
double nc_npy_value(const struct nc_array *array, long long place);

/* "60000x28x28" */
void nc_npy_shape(const struct nc_array *array, char *text, size_t capacity);

/* A data set of the arrays that `read` brings into memory: samples along the first axis of x; targets along that of y,
 * or (y->bytes NULL) the `count` columns of x. */
struct nc_npy_reader {
    void (*read)(struct nc_data *data, struct nc_array *x, struct nc_array *y);
    const char *path, *x, *y;       /* x and y of NPZ: their names; y of NPY: its path or NULL */
    const struct nc_column *target; /* NPY */
    int target_count;
};
struct nc_data *nc_npy_new(struct nc_run *run, const char *name, const char *kind, struct nc_npy_reader reader);

/* The array `key` of a zip file that is in memory, or with NULL its only one, or the one called x. array->data is set.
 * What can't be read ends the program. */
void nc_npz_array(struct nc_array *array, const char *path, const unsigned char *bytes, size_t size, const char *key);

/* What nc_npy_new was given. */
const struct nc_npy_reader *nc_npy_arguments(const struct nc_data *data);

#endif
