/* torchvision.transforms.Pad, CenterCrop and RandomCrop.
 *
 * Each axis by itself: a place of the result stands for a place of the picture, or for none, which is the border. What
 * torchvision does in several steps, padding once, padding again, cropping, is a chain of such steps for each place. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "pixels.h"

enum { STEPS = 2 };

/* One axis of a picture on its way: `size` places become `out`. */
struct axis {
    int steps;
    struct step {
        int size, before, out; /* so many, padded with so many in front (below 0: so many cut off), give so many */
        int after;
    } step[STEPS];
    int offset; /* of the crop that comes last */
};

/* Adds padding to an axis of `size` places. Returns the new size; below 1: nothing would be left of the picture. */
static long long pad_axis(struct axis *axis, long long size, long long before, long long after)
{
    if (before == 0 && after == 0)
        return size;
    long long cut = (before < 0 ? before : 0) + (after < 0 ? after : 0), out = size + before + after;
    if (size + cut < 1 || out > NC_IMAGE_MOST_BYTES)
        return 0;
    axis->step[axis->steps++] = (struct step){(int)size, (int)before, (int)out, (int)after};
    return out;
}

/* The place that `at`, outside of 0 to `size`, mirrors: numpy.pad, period after period. */
static long long mirror(long long at, int size, enum nc_padding mode)
{
    if (mode == NC_PAD_EDGE || size == 1)
        return at < 0 ? 0 : size - 1;
    long long period = mode == NC_PAD_REFLECT ? 2LL * size - 2 : 2LL * size;
    at %= period;
    at += at < 0 ? period : 0;
    return at < size ? at : mode == NC_PAD_REFLECT ? period - at : period - 1 - at;
}

/* The place in the picture that place `at` of the result shows; -1: the border. */
static int source(const struct axis *axis, int at, enum nc_padding mode)
{
    long long place = (long long)at + axis->offset;
    for (int s = axis->steps - 1; s >= 0; s--) {
        const struct step *step = &axis->step[s];
        int cut = step->before < 0 ? -step->before : 0;
        int left = step->size - cut - (step->after < 0 ? -step->after : 0); /* of the picture, once it has been cut */
        place -= step->before > 0 ? step->before : 0;
        if (place < 0 || place >= left) {
            if (mode == NC_PAD_CONSTANT)
                return -1;
            place = mirror(place, left, mode);
        }
        place += cut;
    }
    return (int)place;
}

/* Where the columns of the result come from; those from `first` to `end` come from places in a row. */
struct columns {
    int *place, first, end;
};

static void find_run(struct columns *columns, int width)
{
    const int *place = columns->place;
    columns->first = columns->end = 0;
    for (int x = 1, start = 0; x <= width; x++) {
        if (x < width && place[x - 1] >= 0 && place[x] == place[x - 1] + 1)
            continue;
        if (place[start] >= 0 && x - start > columns->end - columns->first) {
            columns->first = start;
            columns->end = x;
        }
        start = x;
    }
}

static void fill_row(unsigned char *out, int from, int end, int channels, const struct columns *columns,
                     const unsigned char *row, const unsigned char *color)
{
    for (int x = from; x < end; x++) {
        int place = columns->place[x];
        nc_pixel_copy(out + (size_t)x * channels, place < 0 ? color : row + (size_t)place * channels, channels);
    }
}

/* What `across` and `down` make of the picture, width x height pixels of it. Returns 0 when there is no memory. */
static int reframe(struct nc_image *image, struct nc_image *spare, const struct axis *across, const struct axis *down,
                   int width, int height, const struct nc_border *border)
{
    int channels = image->channels;
    unsigned char color[3];
    struct columns columns = {.place = malloc((size_t)width * sizeof *columns.place)};
    if (columns.place == NULL || !nc_image_shape(spare, width, height, channels)) {
        free(columns.place);
        return 0;
    }
    nc_border_color(border, color);
    for (int x = 0; x < width; x++)
        columns.place[x] = source(across, x, border->mode);
    find_run(&columns, width);
    for (int y = 0; y < height; y++) {
        unsigned char *out = spare->bytes + (size_t)y * width * channels;
        int from = source(down, y, border->mode);
        if (from < 0) {
            for (int x = 0; x < width; x++)
                nc_pixel_copy(out + (size_t)x * channels, color, channels);
            continue;
        }
        const unsigned char *row = image->bytes + (size_t)from * image->width * channels;
        fill_row(out, 0, columns.first, channels, &columns, row, color);
        if (columns.end > columns.first)
            memcpy(out + (size_t)columns.first * channels, row + (size_t)columns.place[columns.first] * channels,
                   (size_t)(columns.end - columns.first) * channels);
        fill_row(out, columns.end, width, channels, &columns, row, color);
    }
    free(columns.place);
    nc_image_swap(image, spare);
    return 1;
}

/* ---- The three transforms ---------------------------------------------------------------------------------------- */

struct frame {
    int height, width;  /* of the crop */
    int padding[4];     /* left, top, right, bottom */
    int pad_if_needed;
    struct nc_border border;
};

enum { LEFT, TOP, RIGHT, BOTTOM };

static int pad_plan(const struct nc_transform *transform, struct nc_random *random, struct nc_size *size,
                    struct nc_choice *choice, char error[NC_IMAGE_ERROR])
{
    const struct frame *own = transform->own;
    struct axis across = {0}, down = {0};
    (void)random, (void)choice;
    if (!nc_border_check(&own->border, size->channels, error))
        return 0;
    return nc_size_set(transform, size, pad_axis(&across, size->width, own->padding[LEFT], own->padding[RIGHT]),
                       pad_axis(&down, size->height, own->padding[TOP], own->padding[BOTTOM]), error);
}

static int pad_apply(const struct nc_transform *transform, const struct nc_choice *choice, struct nc_image *image,
                     struct nc_image *spare)
{
    const struct frame *own = transform->own;
    struct axis across = {0}, down = {0};
    (void)choice;
    long long width = pad_axis(&across, image->width, own->padding[LEFT], own->padding[RIGHT]);
    long long height = pad_axis(&down, image->height, own->padding[TOP], own->padding[BOTTOM]);
    return reframe(image, spare, &across, &down, (int)width, (int)height, &own->border);
}

/* center_crop (functional.py): what is too small is padded, the odd pixel behind; then the middle is cut out, halves
 * rounded to even. */
static void center_axis(struct axis *axis, int size, int wanted)
{
    if (wanted > size)
        pad_axis(axis, size, (wanted - size) / 2, (wanted - size + 1) / 2);
    else
        axis->offset = (int)nearbyint((size - wanted) / 2.0);
}

static int center_plan(const struct nc_transform *transform, struct nc_random *random, struct nc_size *size,
                       struct nc_choice *choice, char error[NC_IMAGE_ERROR])
{
    const struct frame *own = transform->own;
    (void)random, (void)choice;
    return nc_size_set(transform, size, own->width, own->height, error);
}

static int center_apply(const struct nc_transform *transform, const struct nc_choice *choice, struct nc_image *image,
                        struct nc_image *spare)
{
    const struct frame *own = transform->own;
    struct axis across = {0}, down = {0};
    (void)choice;
    center_axis(&across, image->width, own->width);
    center_axis(&down, image->height, own->height);
    return reframe(image, spare, &across, &down, own->width, own->height, &own->border);
}

/* The padding of one axis before the crop: `before` and `after`, and then what is needed on either side. */
static long long pad_for_crop(struct axis *axis, long long size, int before, int after, int needed)
{
    size = pad_axis(axis, size, before, after);
    return size >= 1 && size < needed ? pad_axis(axis, size, needed - size, needed - size) : size;
}

static void pad_both(const struct frame *own, int width, int height, struct axis *across, struct axis *down,
                     long long padded[2])
{
    int needed = own->pad_if_needed;
    padded[0] = pad_for_crop(across, width, own->padding[LEFT], own->padding[RIGHT], needed ? own->width : 0);
    padded[1] = pad_for_crop(down, height, own->padding[TOP], own->padding[BOTTOM], needed ? own->height : 0);
}

/* RandomCrop.get_params (transforms.py). */
static int crop_plan(const struct nc_transform *transform, struct nc_random *random, struct nc_size *size,
                     struct nc_choice *choice, char error[NC_IMAGE_ERROR])
{
    const struct frame *own = transform->own;
    struct axis across = {0}, down = {0};
    long long padded[2];
    if (!nc_border_check(&own->border, size->channels, error))
        return 0;
    pad_both(own, size->width, size->height, &across, &down, padded);
    if (!nc_image_possible(padded[0], padded[1], size->channels) || padded[0] < own->width || padded[1] < own->height) {
        snprintf(error, NC_IMAGE_ERROR, "RandomCrop((%d, %d)) does not fit in a picture of %dx%d%s", own->height,
                 own->width, size->width, size->height,
                 padded[0] != size->width || padded[1] != size->height ? ", padded as it is" : "");
        return 0;
    }
    choice->i[LEFT] = choice->i[TOP] = 0;
    if (padded[0] != own->width || padded[1] != own->height) {
        choice->i[TOP] = (int)(nc_random32(random) % (unsigned)(padded[1] - own->height + 1));
        choice->i[LEFT] = (int)(nc_random32(random) % (unsigned)(padded[0] - own->width + 1));
    }
    return nc_size_set(transform, size, own->width, own->height, error);
}

static int crop_apply(const struct nc_transform *transform, const struct nc_choice *choice, struct nc_image *image,
                      struct nc_image *spare)
{
    const struct frame *own = transform->own;
    struct axis across = {.offset = choice->i[LEFT]}, down = {.offset = choice->i[TOP]};
    long long padded[2];
    pad_both(own, image->width, image->height, &across, &down, padded);
    return reframe(image, spare, &across, &down, own->width, own->height, &own->border);
}

/* ---- Makers ------------------------------------------------------------------------------------------------------ */

static struct nc_transform *frame_new(const char *name, struct frame frame)
{
    struct nc_transform *transform = nc_transform_make(name, sizeof frame);
    if (transform != NULL)
        *(struct frame *)transform->own = frame;
    return transform;
}

struct nc_transform *nc_pad_new(const int padding[4], struct nc_border border)
{
    struct frame frame = {.border = border};
    memcpy(frame.padding, padding, sizeof frame.padding);
    struct nc_transform *transform = frame_new("Pad", frame);
    if (transform != NULL) {
        transform->plan = pad_plan;
        transform->apply = pad_apply;
    }
    return transform;
}

struct nc_transform *nc_center_crop_new(int height, int width)
{
    struct frame frame = {.height = height, .width = width, .border = {.fills = 1}};
    struct nc_transform *transform = frame_new("CenterCrop", frame);
    if (transform != NULL) {
        transform->plan = center_plan;
        transform->apply = center_apply;
    }
    return transform;
}

struct nc_transform *nc_random_crop_new(int height, int width, const int padding[4], int pad_if_needed,
                                        struct nc_border border)
{
    struct frame frame = {.height = height, .width = width, .pad_if_needed = pad_if_needed, .border = border};
    memcpy(frame.padding, padding, sizeof frame.padding);
    struct nc_transform *transform = frame_new("RandomCrop", frame);
    if (transform != NULL) {
        transform->random = 1;
        transform->plan = crop_plan;
        transform->apply = crop_apply;
    }
    return transform;
}
