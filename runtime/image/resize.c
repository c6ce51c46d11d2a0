/* torchvision.transforms.Resize and RandomResizedCrop. */
#include <math.h>

#include "pixels.h"

/* ---- Resize ------------------------------------------------------------------------------------------------------ */

struct resize {
    int height, width, max_size;
    enum nc_interpolation interpolation;
    struct nc_taps_cache cache;
};

/* The longer side for a shorter one of `wanted`: Python's int(wanted * longer / shorter). */
static long long scaled(long long wanted, long long longer, long long shorter)
{
    return (long long)((double)(wanted * longer) / (double)shorter);
}

/* torchvision's _compute_resized_output_size (functional.py). */
static int resize_plan(const struct nc_transform *transform, struct nc_random *random, struct nc_size *size,
                       struct nc_choice *choice, char error[NC_IMAGE_ERROR])
{
    const struct resize *own = transform->own;
    (void)random;
    long long width = own->width, height = own->height;
    if (width == 0) {
        int upright = size->width <= size->height;
        long long shorter = own->height;
        long long longer = upright ? scaled(shorter, size->height, size->width) :
                                     scaled(shorter, size->width, size->height);
        if (own->max_size != 0 && longer > own->max_size) {
            shorter = scaled(own->max_size, shorter, longer);
            longer = own->max_size;
        }
        width = upright ? shorter : longer;
        height = upright ? longer : shorter;
    }
    if (!nc_size_set(transform, size, width, height, error))
        return 0;
    choice->i[0] = size->width;
    choice->i[1] = size->height;
    return 1;
}

static int resize_apply(const struct nc_transform *transform, const struct nc_choice *choice, struct nc_image *image,
                        struct nc_image *spare)
{
    struct resize *own = transform->own;
    if (choice->i[0] == image->width && choice->i[1] == image->height)
        return 1;
    struct nc_view whole = nc_image_view(image, 0, 0, image->width, image->height);
    return nc_resample(image, spare, &whole, choice->i[0], choice->i[1], own->interpolation, &own->cache);
}

static void resize_release(void *own)
{
    nc_taps_free(&((struct resize *)own)->cache);
}

struct nc_transform *nc_resize_new(int height, int width, enum nc_interpolation interpolation, int max_size)
{
    struct nc_transform *transform = nc_transform_make("Resize", sizeof(struct resize));
    if (transform == NULL)
        return NULL;
    struct resize *own = transform->own;
    own->height = height;
    own->width = width;
    own->interpolation = interpolation;
    own->max_size = max_size;
    transform->plan = resize_plan;
    transform->apply = resize_apply;
    transform->release = resize_release;
    return transform;
}

/* ---- RandomResizedCrop ------------------------------------------------------------------------------------------- */

struct resized_crop {
    int height, width;
    double scale[2], ratio[2];
    float log_ratio[2];
    enum nc_interpolation interpolation;
    struct nc_taps_cache cache;
};

enum { LEFT, TOP, WIDTH, HEIGHT };

static void choose(struct nc_choice *choice, int left, int top, int width, int height)
{
    choice->i[LEFT] = left;
    choice->i[TOP] = top;
    choice->i[WIDTH] = width;
    choice->i[HEIGHT] = height;
}

/* RandomResizedCrop.get_params (transforms.py). */
static void choose_crop(const struct resized_crop *own, struct nc_random *random, const struct nc_size *size,
                        struct nc_choice *choice)
{
    double area = (double)size->width * size->height;
    for (int attempt = 0; attempt < 10; attempt++) {
        double target = area * nc_random_uniform(random, (float)own->scale[0], (float)own->scale[1]);
        double aspect = (float)exp(nc_random_uniform(random, own->log_ratio[0], own->log_ratio[1]));
        double width = nearbyint(sqrt(target * aspect)), height = nearbyint(sqrt(target / aspect));
        if (width > 0 && width <= size->width && height > 0 && height <= size->height) {
            int top = (int)(nc_random32(random) % (unsigned)(size->height - (int)height + 1));
            int left = (int)(nc_random32(random) % (unsigned)(size->width - (int)width + 1));
            choose(choice, left, top, (int)width, (int)height);
            return;
        }
    }
    double ratio = (double)size->width / size->height;
    double least = fmin(own->ratio[0], own->ratio[1]), most = fmax(own->ratio[0], own->ratio[1]);
    int width = size->width, height = size->height;
    if (ratio < least)
        height = (int)nearbyint(width / least);
    else if (ratio > most)
        width = (int)nearbyint(height * most);
    choose(choice, (size->width - width) / 2, (size->height - height) / 2, width, height);
}

static int resized_crop_plan(const struct nc_transform *transform, struct nc_random *random, struct nc_size *size,
                             struct nc_choice *choice, char error[NC_IMAGE_ERROR])
{
    const struct resized_crop *own = transform->own;
    choose_crop(own, random, size, choice);
    return nc_size_set(transform, size, own->width, own->height, error);
}

static int resized_crop_apply(const struct nc_transform *transform, const struct nc_choice *choice,
                              struct nc_image *image, struct nc_image *spare)
{
    struct resized_crop *own = transform->own;
    if (choice->i[WIDTH] == 0 || choice->i[HEIGHT] == 0) { /* no crop has such a ratio: black, as PIL resizes nothing */
        if (!nc_image_shape(spare, own->width, own->height, image->channels))
            return 0;
        memset(spare->bytes, 0, (size_t)own->width * own->height * image->channels);
        nc_image_swap(image, spare);
        return 1;
    }
    struct nc_view part = nc_image_view(image, choice->i[LEFT], choice->i[TOP], choice->i[WIDTH], choice->i[HEIGHT]);
    return nc_resample(image, spare, &part, own->width, own->height, own->interpolation, &own->cache);
}

static void resized_crop_release(void *own)
{
    nc_taps_free(&((struct resized_crop *)own)->cache);
}

struct nc_transform *nc_random_resized_crop_new(int height, int width, const double scale[2], const double ratio[2],
                                                enum nc_interpolation interpolation)
{
    struct nc_transform *transform = nc_transform_make("RandomResizedCrop", sizeof(struct resized_crop));
    if (transform == NULL)
        return NULL;
    struct resized_crop *own = transform->own;
    own->height = height;
    own->width = width;
    own->interpolation = interpolation;
    for (int i = 0; i < 2; i++) {
        own->scale[i] = scale[i];
        own->ratio[i] = ratio[i];
        own->log_ratio[i] = nc_log_ratio(ratio[i]);
    }
    transform->random = 1;
    transform->plan = resized_crop_plan;
    transform->apply = resized_crop_apply;
    transform->release = resized_crop_release;
    return transform;
}
