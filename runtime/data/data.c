#include "data.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct nc_data *nc_data_new(struct nc_run *run, const char *name, const char *kind, const char *root, int train,
                            void (*load)(struct nc_data *data))
{
    struct nc_data *data = nc_memory(run, 1, sizeof *data, "a data set");
    struct nc_data_own *own = nc_memory(run, 1, sizeof *own, "a data set");
    own->root = root;
    own->train = train;
    data->run = run;
    data->name = name;
    data->kind = kind;
    data->load = load;
    data->own = own;
    return data;
}

void nc_to_tensor(struct nc_data *data)
{
    struct nc_data_own *own = data->own;
    if (own->to_tensor)
        nc_fail(data->run, NULL, "%s: ToTensor() twice", data->name);
    own->to_tensor = 1;
}

void nc_normalize(struct nc_data *data, const double *mean, const double *std, int channels)
{
    struct nc_data_own *own = data->own;
    if (!own->to_tensor)
        nc_fail(data->run, "write ToTensor() before it", "%s: Normalize needs a tensor", data->name);
    if (channels < 1 || channels > NC_MAX_CHANNELS)
        nc_fail(data->run, NULL, "%s: Normalize for %d channels; 1 to %d are possible", data->name, channels,
                NC_MAX_CHANNELS);
    own->normalizations = nc_memory_grow(data->run, own->normalizations, own->normalization_count + 1,
                                         sizeof *own->normalizations, "transforms");
    struct nc_normalization *n = &own->normalizations[own->normalization_count++];
    n->channels = channels;
    for (int c = 0; c < channels; c++) {
        n->mean[c] = (float)mean[c];
        n->std[c] = (float)std[c];
        if (n->std[c] == 0)
            nc_fail(data->run, NULL, "%s: Normalize divides by std[%d] = 0", data->name, c);
    }
}

void nc_data_remark(struct nc_data *data, const char *remark)
{
    size_t before = data->remark != NULL ? strlen(data->remark) : 0, capacity = before + strlen(remark) + 3;
    if (remark[0] == '\0')
        return;
    char *text = nc_memory(data->run, 1, (long long)capacity, "a remark");
    snprintf(text, capacity, "%s%s%s", before > 0 ? data->remark : "", before > 0 ? "; " : "", remark);
    free((char *)data->remark);
    data->remark = text;
}

void nc_data_take_remark(struct nc_data *data, struct nc_data *from)
{
    if (from->remark == NULL)
        return;
    nc_data_remark(data, from->remark);
    free((char *)from->remark);
    from->remark = NULL;
}

/* The operations are rounded to float32 one by one, as torchvision's are. */
static float normalize(const struct nc_data_own *own, int from, int to, int channel, float x)
{
    for (int i = from; i < to; i++) {
        const struct nc_normalization *n = &own->normalizations[i];
        int k = n->channels == 1 ? 0 : channel;
        x -= n->mean[k];
        x /= n->std[k];
    }
    return x;
}

void nc_normalize_floats(const struct nc_data *data, int from, int to, float *tensor, int channels, int pixels)
{
    const struct nc_data_own *own = data->own;
    if (to < 0)
        to = own->normalization_count;
    for (int c = 0; c < channels && from < to; c++)
        for (int i = 0; i < pixels; i++)
            tensor[(long long)c * pixels + i] = normalize(own, from, to, c, tensor[(long long)c * pixels + i]);
}

/* torchvision.transforms: ToTensor is byte / 255 and Normalize (x - mean) / std. */
static void fill_pixel(struct nc_data *data, int channels)
{
    const struct nc_data_own *own = data->own;
    if (!own->to_tensor)
        nc_fail(data->run, "write { ToTensor() } after it", "%s: a model needs tensors, and %s gives pictures",
                data->name, data->kind);
    for (int i = 0; i < own->normalization_count; i++) {
        if (own->normalizations[i].channels != 1 && own->normalizations[i].channels != channels)
            nc_fail(data->run, NULL, "%s: Normalize for %d channels, but %s has %d", data->name,
                    own->normalizations[i].channels, data->kind, channels);
    }
    for (int c = 0; c < channels; c++)
        for (int byte = 0; byte < 256; byte++)
            data->pixel[c][byte] = normalize(own, 0, own->tabled, c, (float)byte / 255.0f);
}

void nc_data_finish(struct nc_data *data, int channels, int height, int width, int classes,
                    const char *const *class_names)
{
    const struct nc_model *model = data->run->model;
    struct nc_data_own *own = data->own;
    data->rank = 3;
    data->shape[0] = channels;
    data->shape[1] = height;
    data->shape[2] = width;
    data->element = NC_BYTE;
    data->classes = classes;
    data->class_names = class_names;
    own->tabled = own->normalization_count;
    if (own->finish != NULL && model->input_rank == 3) { /* then samples have the model's shape */
        own->finish(data);
        channels = (int)data->shape[0];
        height = (int)data->shape[1];
        width = (int)data->shape[2];
    }
    fill_pixel(data, channels);
    if (model->input_rank != 3 || model->input_shape[0] != channels || model->input_shape[1] != height
        || model->input_shape[2] != width)
        nc_fail(data->run, NULL, "%s: %s gives samples of %dx%dx%d, which is not the input of %s", data->name,
                data->kind, channels, height, width, model->name);
    if (!model->classes && classes > 0)
        nc_fail(data->run, NULL, "%s: %s gives class numbers, but the loss of %s wants floats", data->name, data->kind,
                model->name);
    if (model->outputs < classes)
        nc_fail(data->run, NULL, "%s: %s has %d classes, but %s has %d outputs", data->name, data->kind, classes,
                model->name, model->outputs);
}
