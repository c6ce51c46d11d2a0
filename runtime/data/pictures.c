#include "pictures.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct nc_pictures *pictures_of(const struct nc_data *data)
{
    const struct nc_data_own *own = data->own;
    return own->pictures;
}

/* ---- Files ------------------------------------------------------------------------------------------------------ */

static int grow_file(struct nc_preparer *me, long long bytes)
{
    if (bytes <= me->file_capacity)
        return 1;
    free(me->file);
    me->file = malloc((size_t)bytes);
    me->file_capacity = me->file != NULL ? bytes : 0;
    return me->file != NULL;
}

static long long read_open_file(struct nc_preparer *me, int file, long long most, char *why, size_t capacity)
{
    struct stat status;
    long long done = 0;
    if (fstat(file, &status) != 0 || S_ISDIR(status.st_mode) || !S_ISREG(status.st_mode)) {
        snprintf(why, capacity, "it is no regular file");
        return -1;
    }
    long long bytes = status.st_size < most ? (long long)status.st_size : most;
    if (!grow_file(me, bytes)) {
        snprintf(why, capacity, NC_IMAGE_NO_MEMORY " for its %lld bytes", bytes);
        return -1;
    }
    while (done < bytes) {
        ssize_t got = read(file, me->file + done, (size_t)(bytes - done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            snprintf(why, capacity, "it cannot be read: %s", strerror(errno));
            return -1;
        }
        if (got == 0) /* it became shorter: the decoder says so */
            return done;
        done += got;
    }
    return done;
}

long long nc_read_file(struct nc_preparer *me, const char *path, long long most, char *why, size_t capacity)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe is refused, not waited for */
    if (file < 0) {
        snprintf(why, capacity, "it cannot be opened: %s", strerror(errno));
        return -1;
    }
    long long bytes = read_open_file(me, file, most, why, capacity);
    close(file);
    return bytes;
}

void nc_preparer_free(struct nc_preparer *me)
{
    nc_image_free(&me->image);
    nc_image_free(&me->spare);
    free(me->file);
}

/* ---- Pictures of a data set that has them in planes of bytes ----------------------------------------------------- */

static struct nc_size planar_size(const struct nc_data *data, long long sample)
{
    (void)sample; /* all are alike */
    return pictures_of(data)->raw;
}

static int planar_read(struct nc_data *data, long long sample, struct nc_preparer *me, char *why, size_t capacity)
{
    const struct nc_size size = pictures_of(data)->raw;
    const unsigned char *planes = nc_data_sample(data, sample);
    int pixels = size.width * size.height;
    if (!nc_image_shape(&me->image, size.width, size.height, size.channels)) {
        snprintf(why, capacity, "%s: there is no memory for a picture", data->name);
        return 0;
    }
    for (int c = 0; c < size.channels; c++)
        for (int i = 0; i < pixels; i++)
            me->image.bytes[i * size.channels + c] = planes[c * pixels + i];
    return 1;
}

static void planar_name(const struct nc_data *data, long long sample, char *name, size_t capacity)
{
    snprintf(name, capacity, "sample %lld of %s", sample, data->name);
}

static const struct nc_picture_source planar = {planar_size, planar_read, planar_name, 0};

/* ---- Planning --------------------------------------------------------------------------------------------------- */

/* Plans the first `end` transforms, whose choices go to `choice`. `size` is the picture's, and then what comes out.
 * Returns 1; or 0 where one can't be. */
static int plan_some(struct nc_data *data, long long sample, struct nc_random *random, struct nc_choice *choice,
                     int end, struct nc_size *size, struct nc_why *why)
{
    const struct nc_pictures *p = pictures_of(data);
    char error[NC_IMAGE_ERROR], name[4200];
    for (int i = 0; i < end; i++) {
        choice[i].sample = sample;
        choice[i].epoch = data->run->epoch;
        if (p->transforms[i]->plan(p->transforms[i], random, size, &choice[i], error))
            continue;
        p->source->name(data, sample, name, sizeof name);
        snprintf(why->text, sizeof why->text, "%s: %s: %s", data->name, name, error);
        why->hint = NULL;
        return 0;
    }
    return 1;
}

static int plan(struct nc_data *data, long long sample, struct nc_random *random, void *choices, struct nc_why *why)
{
    const struct nc_pictures *p = pictures_of(data);
    struct nc_size size = p->source->size(data, sample);
    if (!plan_some(data, sample, random, choices, p->count, &size, why))
        return 0;
    if (size.channels == data->shape[0] && size.height == data->shape[1] && size.width == data->shape[2])
        return 1;
    char name[4200];
    p->source->name(data, sample, name, sizeof name);
    snprintf(why->text, sizeof why->text,
             "%s: %s is %dx%dx%d after its transforms, but the model takes %lldx%lldx%lld", data->name, name,
             size.channels, size.height, size.width, data->shape[0], data->shape[1], data->shape[2]);
    why->hint = "write Resize((height, width)) or a crop so that all samples are alike";
    return 0;
}

static void extent(const struct nc_data *data, long long sample, int *width, int *height)
{
    struct nc_size size = pictures_of(data)->source->size(data, sample);
    *width = size.width;
    *height = size.height;
}

static void end_plan(struct nc_data *data, void *choices)
{
    struct nc_choice *choice = choices;
    for (int i = 0; i < pictures_of(data)->count; i++)
        nc_choice_free(&choice[i]);
}

/* The size of what may be kept of a picture. */
static struct nc_size fixed_size(struct nc_data *data, long long sample)
{
    const struct nc_pictures *p = pictures_of(data);
    struct nc_size size = p->source->size(data, sample);
    if (p->fixed == 0)
        return size;
    struct nc_choice *choice = nc_memory(data->run, p->count, sizeof *choice, "a transform");
    struct nc_why why;
    if (!plan_some(data, sample, NULL, choice, p->fixed, &size, &why))
        nc_fail(data->run, why.hint, "%s", why.text);
    end_plan(data, choice);
    free(choice);
    return size;
}

/* ---- Making ----------------------------------------------------------------------------------------------------- */

/* Says that a transform found no memory. Returns 0. */
static int no_memory(const struct nc_data *data, const struct nc_transform *transform, char *why, size_t capacity)
{
    snprintf(why, capacity, "%s: there is no memory for %s", data->name, transform->name);
    return 0;
}

static int apply(const struct nc_data *data, int first, int end, const struct nc_choice *choice,
                 struct nc_preparer *me, char *why, size_t capacity)
{
    const struct nc_pictures *p = pictures_of(data);
    for (int i = first; i < end; i++)
        if (!p->transforms[i]->apply(p->transforms[i], &choice[i], &me->image, &me->spare))
            return no_memory(data, p->transforms[i], why, capacity);
    return 1;
}

static void to_planes(const struct nc_image *image, unsigned char *planes)
{
    int pixels = image->width * image->height, channels = image->channels;
    for (int c = 0; c < channels; c++)
        for (int i = 0; i < pixels; i++)
            planes[(long long)c * pixels + i] = image->bytes[(long long)i * channels + c];
}

/* ToTensor, and what stands behind it. */
static int to_floats(const struct nc_data *data, const struct nc_image *image, const struct nc_choice *choice,
                     float *tensor, char *why, size_t capacity)
{
    const struct nc_pictures *p = pictures_of(data);
    const struct nc_size size = {image->width, image->height, image->channels};
    const struct nc_data_own *own = data->own;
    int pixels = size.width * size.height, done = own->tabled;
    for (int c = 0; c < size.channels; c++)
        for (int i = 0; i < pixels; i++)
            tensor[(long long)c * pixels + i] = data->pixel[c][image->bytes[(long long)i * size.channels + c]];
    for (int i = p->pictures; i < p->count; i++) {
        nc_normalize_floats(data, done, p->normalized[i], tensor, size.channels, pixels);
        done = p->normalized[i];
        if (!p->transforms[i]->apply_floats(p->transforms[i], &choice[i], tensor, size))
            return no_memory(data, p->transforms[i], why, capacity);
    }
    nc_normalize_floats(data, done, -1, tensor, size.channels, pixels);
    return 1;
}

static int make(struct nc_data *data, long long sample, const void *choices, int worker, void *slot, char *why,
                size_t capacity)
{
    const struct nc_pictures *p = pictures_of(data);
    struct nc_preparer *me = &p->preparers[worker];
    if (p->cache == NULL || !nc_cache_get(p->cache, sample, &me->image)) {
        if (!p->source->read(data, sample, me, why, capacity) || !apply(data, 0, p->fixed, choices, me, why, capacity))
            return 0;
        if (p->cache != NULL)
            nc_cache_put(p->cache, sample, &me->image);
    }
    if (!apply(data, p->fixed, p->pictures, choices, me, why, capacity))
        return 0;
    if (p->floats)
        return to_floats(data, &me->image, choices, slot, why, capacity);
    to_planes(&me->image, slot);
    return 1;
}

static void start(struct nc_data *data, int workers)
{
    struct nc_pictures *p = pictures_of(data);
    if (workers <= p->preparer_count)
        return;
    struct nc_preparer *more = nc_memory(data->run, workers, sizeof *more, "the workers");
    if (p->preparer_count > 0)
        memcpy(more, p->preparers, (size_t)p->preparer_count * sizeof *more);
    free(p->preparers);
    p->preparers = more;
    p->preparer_count = workers;
}

/* ---- Noting and finishing ---------------------------------------------------------------------------------------- */

/* Samples come out of each picture; looks at all of them, with random numbers that are nobody's. */
static void finish(struct nc_data *data)
{
    struct nc_data_own *own = data->own;
    struct nc_pictures *p = own->pictures;
    struct nc_preparation *preparation = nc_memory(data->run, 1, sizeof *preparation, "a data set");
    const struct nc_model *model = data->run->model;
    struct nc_random random;
    char remark[128] = "";
    p->raw = (struct nc_size){(int)data->shape[2], (int)data->shape[1], (int)data->shape[0]};
    if (p->count > p->pictures)
        own->tabled = p->normalized[p->pictures];
    for (p->fixed = 0; p->fixed < p->pictures && !p->transforms[p->fixed]->random;)
        p->fixed++;
    preparation->random = 0;
    for (int i = 0; i < p->count; i++)
        preparation->random |= p->transforms[i]->random;
    preparation->plan_bytes = p->count * (long long)sizeof(struct nc_choice);
    preparation->start = start;
    preparation->plan = plan;
    preparation->end_plan = end_plan;
    preparation->extent = p->source != &planar ? extent : NULL;
    preparation->make = make;
    p->floats = model->floats;
    data->element = p->floats ? NC_FLOAT : NC_BYTE;
    memcpy(data->shape, model->input_shape, 3 * sizeof *data->shape);
    preparation->bytes = data->shape[0] * data->shape[1] * data->shape[2] * (p->floats ? (int)sizeof(float) : 1);
    data->preparation = preparation;
    if (data->run->command == NC_COMMAND_PREDICT) /* which looks at one sample after the other, each of them once */
        return;
    nc_random_seed(&random, 0);
    void *choices = nc_memory(data->run, 1, preparation->plan_bytes, "a transform");
    struct nc_why why;
    for (long long i = 0; i < data->count; i++)
        if (!plan(data, i, &random, choices, &why))
            nc_fail(data->run, why.hint, "%s", why.text);
    end_plan(data, choices);
    free(choices);
    if (p->source->costly || p->fixed > 0)
        p->cache = nc_cache_open(data, p->cache_name, fixed_size, remark, sizeof remark);
    nc_data_remark(data, remark);
}

struct nc_pictures *nc_pictures(struct nc_data *data)
{
    struct nc_data_own *own = data->own;
    if (own->pictures == NULL) {
        own->pictures = nc_memory(data->run, 1, sizeof *own->pictures, "a data set");
        own->pictures->source = &planar;
        own->finish = finish;
    }
    return own->pictures;
}

void nc_pictures_from(struct nc_data *data, const struct nc_picture_source *source, const char *cache, void *own)
{
    struct nc_pictures *p = nc_pictures(data);
    p->source = source;
    p->cache_name = cache;
    p->own = own;
}

/* Puts a transform into place `at`, with `normalized` Normalize before it. */
static void insert(struct nc_data *data, int at, const struct nc_transform *transform, int normalized)
{
    struct nc_pictures *p = nc_pictures(data);
    size_t behind = (size_t)(p->count - at);
    if (transform == NULL)
        nc_fail(data->run, NULL, "%s: no memory for its transforms", data->name);
    p->transforms = nc_memory_grow(data->run, p->transforms, p->count + 1, sizeof *p->transforms, "transforms");
    p->normalized = nc_memory_grow(data->run, p->normalized, p->count + 1, sizeof *p->normalized, "transforms");
    memmove(p->transforms + at + 1, p->transforms + at, behind * sizeof *p->transforms);
    memmove(p->normalized + at + 1, p->normalized + at, behind * sizeof *p->normalized);
    p->transforms[at] = transform;
    p->normalized[at] = normalized;
    p->count++;
}

void nc_data_transform(struct nc_data *data, const struct nc_transform *transform)
{
    struct nc_data_own *own = data->own;
    struct nc_pictures *p = nc_pictures(data);
    if (own->to_tensor && transform->apply_floats == NULL)
        nc_fail(data->run, "write it before ToTensor()", "%s: %s changes pictures, not tensors", data->name,
                transform->name);
    if (!own->to_tensor && transform->apply == NULL)
        nc_fail(data->run, "write ToTensor() before it", "%s: %s needs a tensor", data->name, transform->name);
    insert(data, p->count, transform, own->normalization_count);
    p->pictures += !own->to_tensor;
}

void nc_pictures_become(struct nc_data *data, struct nc_size size)
{
    struct nc_pictures *p = nc_pictures(data);
    const int before = p->count;
    insert(data, 0, nc_resize_new(size.height, size.width, NC_BILINEAR, 0), 0);
    if (size.channels == 1)
        insert(data, 0, nc_grayscale_new(1), 0);
    p->pictures += p->count - before;
}

void nc_as_floats(struct nc_data *data)
{
    nc_pictures(data);
}
