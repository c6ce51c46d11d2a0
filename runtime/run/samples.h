/* samples.h: samples of a program's data, for netc, which makes the program in its own process (compiler/quantized.c):
 * the command `data` hands them over, and prints nothing. */
#ifndef NC_RUN_SAMPLES_H
#define NC_RUN_SAMPLES_H

/* What is wanted of the training data or of the test data. */
struct nc_samples {
    int test;       /* of the test data; 0: of the training data */
    long long most; /* so many at most, which are spread evenly over the data */
    /* Takes one of `count` samples, in torch's order; and its labels, one for each place that has a class of its own.
     * labels NULL: the targets are no classes. */
    void (*take)(void *context, const float *x, const int *labels, long long count);
    void *context;
};

/* For the program that runs next in this process. NULL: none. */
void nc_samples_set(const struct nc_samples *samples);

/* Whether that is set. */
int nc_samples_wanted(void);

/* Whether the command of a run reads the training data. */
struct nc_run;
int nc_reads_training(const struct nc_run *run);

/* Hands over the samples that are wanted. */
void nc_samples_give(struct nc_run *run);

#endif
