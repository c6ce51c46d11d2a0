/* transform.h: torchvision's transforms of pictures, split into what must happen in order and what need not.
 *
 * `plan` runs in the main thread, sample by sample in the order of the batch, as torch's DataLoader without workers
 * calls transforms: it draws from torch's generator what torchvision draws, number for number, and says what size comes
 * out. `apply` computes the pixels, in any thread, and draws nothing, so that pictures don't depend on the threads:
 * they are what torchvision makes of a PIL picture, to the bit.
 *
 *     struct nc_size size = {width, height, channels};
 *     for each transform t: t->plan(t, random, &size, &choice[t], error)    (main thread, in the order of the samples)
 *     for each transform t: t->apply(t, &choice[t], &image, &spare)         (any thread)
 *
 * Transforms before ToTensor change pictures of bytes (`apply`), those after it tensors of floats (`apply_floats`). */
#ifndef NC_IMAGE_TRANSFORM_H
#define NC_IMAGE_TRANSFORM_H

#include "internal.h"
#include "image.h"

struct nc_size {
    int width, height, channels;
};

/* What `plan` chose for one sample, for `apply` alone to understand. All zero before its first use; it may serve one
 * sample after another, and is given back with nc_choice_free. */
struct nc_choice {
    int i[8];
    double f[8];
    long long sample, epoch;  /* whose sample it is, and of which epoch of the run: set before `plan` */
    struct nc_random *random; /* a copy of the generator, for what is drawn by the pixel; NULL: none yet */
};

void nc_choice_free(struct nc_choice *choice);

struct nc_transform {
    const char *name; /* "RandomCrop" */
    void *own;        /* the arguments; nothing in it changes once it is made, but for what is kept to be quick */
    int random;       /* `plan` draws; what lies before the first such transform comes out the same every time */

    /* Of a sample of `size`: sets `size` to what comes out, and the choice. Returns 1; or 0 when such a sample can't be
     * transformed, with a sentence in `error`: "a crop of 224x224 does not fit in 100x80". `random` may be NULL where
     * transform->random is 0. */
    int (*plan)(const struct nc_transform *transform, struct nc_random *random, struct nc_size *size,
                struct nc_choice *choice, char error[NC_IMAGE_ERROR]);

    /* The picture in *image, of the size that was planned for, becomes the result; *spare is another one to work with,
     * of any size or none. Returns 0 when there is no memory, with anything in `image`. NULL: takes tensors only. */
    int (*apply)(const struct nc_transform *transform, const struct nc_choice *choice, struct nc_image *image,
                 struct nc_image *spare);

    /* The same for floats, [channels][height][width], where they are: the size stays. NULL: takes pictures only. */
    int (*apply_floats)(const struct nc_transform *transform, const struct nc_choice *choice, float *tensor,
                        struct nc_size size);

    void (*release)(void *own); /* frees what hangs on `own`; NULL: nothing does */
};

/* Frees a transform that one of the functions below made; NULL is none. */
void nc_transform_free(struct nc_transform *transform);

enum nc_interpolation { /* PIL's numbers */
    NC_NEAREST = 0,
    NC_LANCZOS = 1,
    NC_BILINEAR = 2,
    NC_BICUBIC = 3,
    NC_BOX = 4,
    NC_HAMMING = 5,
};

enum nc_padding { NC_PAD_CONSTANT, NC_PAD_EDGE, NC_PAD_REFLECT, NC_PAD_SYMMETRIC };

/* How the area around a picture is filled. */
struct nc_border {
    enum nc_padding mode;
    int fill[3]; /* CONSTANT: a byte for each channel; what is below 0 is 0, what is above 255 is 255 */
    int fills;   /* 1: one for all channels; 3 */
};

/* ---- Makers: the arguments are torchvision's, checked before. NULL when there is no memory. -------------- */

/* width 0: the shorter side becomes `height`, the longer one at most max_size (0: no limit) */
struct nc_transform *nc_resize_new(int height, int width, enum nc_interpolation interpolation, int max_size);
struct nc_transform *nc_center_crop_new(int height, int width);
struct nc_transform *nc_pad_new(const int padding[4], struct nc_border border); /* left, top, right, bottom */
struct nc_transform *nc_random_crop_new(int height, int width, const int padding[4], int pad_if_needed,
                                        struct nc_border border);
struct nc_transform *nc_random_resized_crop_new(int height, int width, const double scale[2], const double ratio[2],
                                                enum nc_interpolation interpolation);
struct nc_transform *nc_random_horizontal_flip_new(double p);
struct nc_transform *nc_random_vertical_flip_new(double p);

/* Left and right change places for half of the samples in one epoch, and for the other half in the next. */
struct nc_transform *nc_alternating_flip_new(void);

/* center: x, y, or NULL for the picture's; interpolation: NEAREST, BILINEAR, BICUBIC */
struct nc_transform *nc_random_rotation_new(const double degrees[2], enum nc_interpolation interpolation, int expand,
                                            const double *center, struct nc_border border);

/* Each factor lies between two bounds; hue's between -0.5 and 0.5. {1, 1} (hue: {0, 0}) leaves it out. */
struct nc_transform *nc_color_jitter_new(const double brightness[2], const double contrast[2],
                                         const double saturation[2], const double hue[2]);
struct nc_transform *nc_grayscale_new(int channels);
struct nc_transform *nc_random_grayscale_new(double p);

/* For tensors. value: 1 or `channels` numbers; NULL: "random", a normal distribution */
struct nc_transform *nc_random_erasing_new(double p, const double scale[2], const double ratio[2], const double *value,
                                           int values);

#endif
