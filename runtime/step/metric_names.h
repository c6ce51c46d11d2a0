/* metric_names.h: what metrics are called where they are printed, logged and watched (`stop`, `save ..., best=`): one
 * spelling for the trainer, which prints them, and for the compiler, which knows them before. */
#ifndef NC_METRIC_NAMES_H
#define NC_METRIC_NAMES_H

#include <stdio.h>
#include <string.h>

enum { NC_METRIC_NAME = 32 };

#define NC_TEST_ACCURACY "test_accuracy"
#define NC_TEST_LOSS "test_loss"
#define NC_TRAIN_ACCURACY "train_accuracy"
#define NC_TRAIN_LOSS "train_loss"

static inline void nc_accuracy_name(char name[NC_METRIC_NAME], const char *average, int top_k, double threshold)
{
    if (top_k > 1)
        snprintf(name, NC_METRIC_NAME, NC_TEST_ACCURACY "_top%d", top_k);
    else if (strcmp(average, "macro") == 0)
        snprintf(name, NC_METRIC_NAME, NC_TEST_ACCURACY "_macro");
    else if (threshold != 0.5)
        snprintf(name, NC_METRIC_NAME, NC_TEST_ACCURACY "_at_%.4g", threshold);
    else
        snprintf(name, NC_METRIC_NAME, NC_TEST_ACCURACY);
}

static inline void nc_error_name(char name[NC_METRIC_NAME], int squares, int root)
{
    snprintf(name, NC_METRIC_NAME, "test_%s", root ? "rmse" : squares ? "mse" : "mae");
}

#endif
