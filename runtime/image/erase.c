/* torchvision.transforms.RandomErasing, of tensors. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "pixels.h"

struct erasing {
    float p;
    double scale[2];
    float log_ratio[2];
    int values; /* 0: a normal distribution */
    float value[NC_MAX_CHANNELS];
};

enum { LEFT, TOP, WIDTH, HEIGHT };

/* RandomErasing.get_params (transforms.py). Normal numbers are drawn before the rectangle's place is: the generator as
 * it is before them is kept for who makes them. Returns 0 when there is no memory. WIDTH 0: nothing is erased. */
static int choose_rectangle(const struct erasing *own, struct nc_random *random, const struct nc_size *size,
                            struct nc_choice *choice)
{
    double area = (double)size->width * size->height;
    choice->i[WIDTH] = 0;
    for (int attempt = 0; attempt < 10; attempt++) {
        double erased = area * nc_random_uniform(random, (float)own->scale[0], (float)own->scale[1]);
        double aspect = (float)exp(nc_random_uniform(random, own->log_ratio[0], own->log_ratio[1]));
        double height = nearbyint(sqrt(erased * aspect)), width = nearbyint(sqrt(erased / aspect));
        if (!(height < size->height && width < size->width))
            continue;
        if (own->values == 0) {
            if (choice->random == NULL && (choice->random = malloc(sizeof *random)) == NULL)
                return 0;
            *choice->random = *random;
            nc_random_normal_skip(random, (long long)(size->channels * height * width));
        }
        choice->i[WIDTH] = (int)width;
        choice->i[HEIGHT] = (int)height;
        choice->i[TOP] = (int)(nc_random32(random) % (unsigned)(size->height - (int)height + 1));
        choice->i[LEFT] = (int)(nc_random32(random) % (unsigned)(size->width - (int)width + 1));
        break;
    }
    return 1;
}

static int erasing_plan(const struct nc_transform *transform, struct nc_random *random, struct nc_size *size,
                        struct nc_choice *choice, char error[NC_IMAGE_ERROR])
{
    const struct erasing *own = transform->own;
    choice->i[WIDTH] = 0;
    if (!(nc_random_uniform(random, 0, 1) < own->p))
        return 1;
    if (own->values > 1 && own->values != size->channels) {
        snprintf(error, NC_IMAGE_ERROR, "RandomErasing has %d values for %d channels", own->values, size->channels);
        return 0;
    }
    if (choose_rectangle(own, random, size, choice))
        return 1;
    snprintf(error, NC_IMAGE_ERROR, "there is no memory for RandomErasing");
    return 0;
}

/* `numbers`: [channels][rows][columns] of the rectangle, or NULL. */
static void erase(const struct erasing *own, const struct nc_choice *choice, const float *numbers, float *tensor,
                  struct nc_size size)
{
    for (int c = 0; c < size.channels; c++)
        for (int y = 0; y < choice->i[HEIGHT]; y++) {
            float *to = tensor + ((size_t)c * size.height + choice->i[TOP] + y) * size.width + choice->i[LEFT];
            for (int x = 0; x < choice->i[WIDTH]; x++)
                to[x] = numbers != NULL ? *numbers++ : own->value[own->values == 1 ? 0 : c];
        }
}

static int erasing_apply(const struct nc_transform *transform, const struct nc_choice *choice, float *tensor,
                         struct nc_size size)
{
    const struct erasing *own = transform->own;
    long long count = (long long)size.channels * choice->i[HEIGHT] * choice->i[WIDTH];
    if (choice->i[WIDTH] == 0 || count == 0)
        return 1;
    if (own->values != 0) {
        erase(own, choice, NULL, tensor, size);
        return 1;
    }
    float *numbers = malloc((size_t)count * sizeof *numbers);
    if (numbers == NULL)
        return 0;
    struct nc_random random = *choice->random; /* the choice is not to change */
    nc_random_normal(&random, 0, 1, count, numbers);
    erase(own, choice, numbers, tensor, size);
    free(numbers);
    return 1;
}

struct nc_transform *nc_random_erasing_new(double p, const double scale[2], const double ratio[2], const double *value,
                                           int values)
{
    struct nc_transform *transform = nc_transform_make("RandomErasing", sizeof(struct erasing));
    if (transform == NULL)
        return NULL;
    struct erasing *own = transform->own;
    own->p = (float)p;
    own->values = value != NULL ? values : 0;
    for (int i = 0; i < own->values; i++)
        own->value[i] = (float)value[i];
    for (int i = 0; i < 2; i++) {
        own->scale[i] = scale[i];
        own->log_ratio[i] = nc_log_ratio(ratio[i]);
    }
    transform->random = 1;
    transform->plan = erasing_plan;
    transform->apply_floats = erasing_apply;
    return transform;
}
