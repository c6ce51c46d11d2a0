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

#include "../internal.h"
#include "image.h"

struct nc_size {
    int width, height, channels;
};

/* What `plan` chose for one sample, for `apply` alone to understand. All zero before its first use; it may serve one
 * sample after another, and is given back with nc_choice_free. */
struct nc_choice {
    int i[8];
    double f[8];
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

    /* The same for floats, [channels][height][width], where they are. NULL: takes pictures only. */
    void (*apply_floats)(const struct nc_transform *transform, const struct nc_choice *choice, float *tensor,
                         struct nc_size size);

    void (*release)(void *own); /* frees what hangs on `own`; NULL: nothing does */
};

/* Frees a transform and what it keeps; NULL is none. */
void nc_transform_free(struct nc_transform *transform);

#endif
