/* pictures.h: what a log shows of a model beside its input: filters, and wrong answers (step/answers.h). Events and the
 * record have the same pictures. */
#ifndef NC_LOG_PICTURES_H
#define NC_LOG_PICTURES_H

#include "core.h"
#include "image/image.h"

/* The filters of the first convolution as one picture, side by side with a pixel between them: in colour where it takes
 * colour, otherwise one in grey for each of its inputs. 0 is grey, and the largest weight is black or white. */
struct nc_filters {
    const struct nc_parameter *parameter; /* NULL: the model has no filters to look at */
    int count;                            /* pictures; more are not shown */
    int columns, rows;                    /* that they stand in */
};

struct nc_filters nc_find_filters(const struct nc_model *model);

/* 0: there is no memory. */
int nc_show_filters(const struct nc_run *run, const struct nc_filters *filters, struct nc_image *image);

/* The wrong answers of the last evaluation (step/answers.h) as one picture: each sample, what it was taken for with
 * what probability, and what it is. Whether there are any that are pictures; 0: there is no memory. */
int nc_has_wrong(const struct nc_run *run);
int nc_show_wrong(const struct nc_run *run, struct nc_image *image);

#endif
