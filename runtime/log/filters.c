/* filters.c: the filters of a model's first convolution as a picture. */
#include <math.h>
#include <stdlib.h>

#include "log/pictures.h"

enum { ACROSS = 8, MOST_FILTERS = 128, GAP = 1, RGB = 3, MOST_SIDE = 64 };

/* A kernel of one pixel shows nothing, and one as large as a picture is a layer of another kind. */
static int is_shown(const struct nc_parameter *p)
{
    return p->rank == 4 && p->shape[2] * p->shape[3] > 1 && p->shape[2] <= MOST_SIDE && p->shape[3] <= MOST_SIDE &&
           nc_ends_with(p->name, "weight");
}

struct nc_filters nc_find_filters(const struct nc_model *model)
{
    struct nc_filters filters = {0};
    for (int i = 0; i < model->parameter_count && filters.parameter == NULL; i++)
        if (is_shown(&model->parameters[i]))
            filters.parameter = &model->parameters[i];
    if (filters.parameter == NULL)
        return filters;
    const long long *shape = filters.parameter->shape;
    const long long count = shape[0] * (shape[1] == RGB ? 1 : shape[1]);
    filters.count = count < MOST_FILTERS ? (int)count : MOST_FILTERS;
    filters.columns = filters.count < ACROSS ? filters.count : ACROSS;
    filters.rows = (filters.count + ACROSS - 1) / ACROSS;
    return filters;
}

static float largest_of(const float *weights, long long count)
{
    float largest = 0;
    for (long long i = 0; i < count; i++)
        largest = fmaxf(largest, fabsf(weights[i]));
    return largest;
}

static unsigned char to_byte(float weight, float largest)
{
    const float grey = 127.5f + (largest > 0 ? 127.5f * weight / largest : 0);
    return (unsigned char)(grey >= 0.0f && grey <= 255.0f ? lrintf(grey) : 0);
}

static void draw_filter(struct nc_image *image, const float *weights, float largest, const long long shape[4], int left,
                        int top)
{
    const long long rows = shape[2], columns = shape[3];
    for (long long c = 0; c < image->channels; c++)
        for (long long y = 0; y < rows; y++)
            for (long long x = 0; x < columns; x++)
                image->bytes[((top + y) * image->width + left + x) * image->channels + c] =
                    to_byte(weights[(c * rows + y) * columns + x], largest);
}

int nc_show_filters(const struct nc_run *run, const struct nc_filters *filters, struct nc_image *image)
{
    const struct nc_parameter *p = filters->parameter;
    const int rows = (int)p->shape[2] + GAP, columns = (int)p->shape[3] + GAP, channels = p->shape[1] == RGB ? RGB : 1;
    const long long elements = nc_parameter_elements(p), each = channels * p->shape[2] * p->shape[3];
    if (!nc_image_blank(image, filters->columns * columns - GAP, filters->rows * rows - GAP, channels))
        return 0;
    float *weights = nc_memory(run, elements, sizeof *weights, "the filters");
    nc_parameter_gather(p, run->weights, weights);
    const float largest = largest_of(weights, elements);
    for (int i = 0; i < filters->count; i++)
        draw_filter(image, weights + i * each, largest, p->shape, i % ACROSS * columns, i / ACROSS * rows);
    free(weights);
    return 1;
}
