/* accuracy.h: what netc tells the command `accuracy` of a program that runs in process (compiler/accuracy.c): where
 * kernels leave what they make, and passes over the same model to compare it with. */
#ifndef NC_COMMANDS_ACCURACY_H
#define NC_COMMANDS_ACCURACY_H

#include "netc.h"

/* Of what a value tells the error. */
enum { NC_MADE_INPUT, NC_MADE_OUTPUT, NC_MADE_GRADIENT, NC_MADE_PARAMETER };

/* What a kernel makes. */
struct nc_made {
    int kernel;        /* as nc_lap counts */
    int what;          /* NC_MADE_... */
    const char *layers, *family; /* "0: Conv2d(3, 32, 5, 1, 2), 1: MaxPool2d(2)"; "conv_pool" */
    const char *value; /* its name in the references */
    const char *of;    /* MADE_PARAMETER: whose gradient it is: "0.weight" */
    /* Of the others: where it is for each sample, an image, channels side by side. Numbers are in floats, but for the
     * offset, which is in bytes. */
    int each;          /* 1: the kernel is called for each sample */
    int in_batch;      /* 1: the offset counts in the memory of the batch, not in the workspace */
    int used_again;    /* 1: there is one place for all samples; */
    int parts;         /* then: so many calls of the kernel are about one sample */
    long long offset, sample, row, column, channels, rows, columns;
};

struct nc_accuracy {
    const struct nc_made *made;
    int made_count;
    int samples; /* that the references have memory for */
    const struct nc_reference *exact, *plain; /* everything in double; every sum in float, term by term */
};

/* For the program that runs next in this process. */
void nc_accuracy_set(const struct nc_accuracy *accuracy);

#endif
