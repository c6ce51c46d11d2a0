/* torchvision.transforms.RandomHorizontalFlip and RandomVerticalFlip, of pictures and of tensors; and a flip that takes
 * turns. */
#include "pixels.h"

struct flip {
    float p;
};

/* torch.rand(1) < p: the comparison is made in float32. */
static int flip_plan(const struct nc_transform *transform, struct nc_random *random, struct nc_size *size,
                     struct nc_choice *choice, char error[NC_IMAGE_ERROR])
{
    const struct flip *own = transform->own;
    (void)size, (void)error;
    choice->i[0] = nc_random_uniform(random, 0, 1) < own->p;
    return 1;
}

/* Half of all samples in whatever order: a bit of a hash of the sample's number (the last steps of splitmix64). It
 * depends on nothing that a run draws, so that a resumed one goes on with the same halves. */
static int begins_flipped(long long sample)
{
    unsigned long long z = (unsigned long long)sample + 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (int)((z ^ z >> 31) & 1);
}

static int alternating_plan(const struct nc_transform *transform, struct nc_random *random, struct nc_size *size,
                            struct nc_choice *choice, char error[NC_IMAGE_ERROR])
{
    (void)transform, (void)random, (void)size, (void)error;
    choice->i[0] = begins_flipped(choice->sample) ^ (int)(choice->epoch & 1);
    return 1;
}

/* `channels` is a constant wherever it is called. */
static inline __attribute__((always_inline)) void flip_rows(struct nc_image *image, int channels)
{
    for (int y = 0; y < image->height; y++) {
        unsigned char *left = image->bytes + (size_t)y * image->width * channels;
        unsigned char *right = left + (size_t)(image->width - 1) * channels;
        for (; left < right; left += channels, right -= channels) {
            unsigned char kept[3];
            nc_pixel_copy(kept, left, channels);
            nc_pixel_copy(left, right, channels);
            nc_pixel_copy(right, kept, channels);
        }
    }
}

static int flip_across(const struct nc_transform *transform, const struct nc_choice *choice, struct nc_image *image,
                       struct nc_image *spare)
{
    (void)transform, (void)spare;
    if (choice->i[0] && image->channels == 3)
        flip_rows(image, 3);
    else if (choice->i[0])
        flip_rows(image, 1);
    return 1;
}

/* Rows `stride` bytes apart change places, the first with the last. */
static void turn_over(unsigned char *rows, int height, size_t stride)
{
    unsigned char kept[1024];
    for (unsigned char *top = rows, *bottom = rows + (height - 1) * stride; top < bottom; top += stride,
         bottom -= stride)
        for (size_t at = 0; at < stride; at += sizeof kept) {
            size_t bytes = stride - at < sizeof kept ? stride - at : sizeof kept;
            memcpy(kept, top + at, bytes);
            memcpy(top + at, bottom + at, bytes);
            memcpy(bottom + at, kept, bytes);
        }
}

static int flip_down(const struct nc_transform *transform, const struct nc_choice *choice, struct nc_image *image,
                     struct nc_image *spare)
{
    (void)transform, (void)spare;
    if (choice->i[0])
        turn_over(image->bytes, image->height, (size_t)image->width * image->channels);
    return 1;
}

static int flip_floats_across(const struct nc_transform *transform, const struct nc_choice *choice, float *tensor,
                              struct nc_size size)
{
    long long rows = (long long)size.channels * size.height;
    (void)transform;
    for (long long y = 0; y < rows && choice->i[0]; y++, tensor += size.width)
        for (int left = 0, right = size.width - 1; left < right; left++, right--) {
            float kept = tensor[left];
            tensor[left] = tensor[right];
            tensor[right] = kept;
        }
    return 1;
}

static int flip_floats_down(const struct nc_transform *transform, const struct nc_choice *choice, float *tensor,
                            struct nc_size size)
{
    (void)transform;
    for (int c = 0; c < size.channels && choice->i[0]; c++)
        turn_over((unsigned char *)(tensor + (size_t)c * size.height * size.width), size.height,
                  (size_t)size.width * sizeof *tensor);
    return 1;
}

static struct nc_transform *flip_new(const char *name, double p, int down)
{
    struct nc_transform *transform = nc_transform_make(name, sizeof(struct flip));
    if (transform == NULL)
        return NULL;
    ((struct flip *)transform->own)->p = (float)p;
    transform->random = 1;
    transform->plan = flip_plan;
    transform->apply = down ? flip_down : flip_across;
    transform->apply_floats = down ? flip_floats_down : flip_floats_across;
    return transform;
}

struct nc_transform *nc_random_horizontal_flip_new(double p)
{
    return flip_new("RandomHorizontalFlip", p, 0);
}

struct nc_transform *nc_random_vertical_flip_new(double p)
{
    return flip_new("RandomVerticalFlip", p, 1);
}

struct nc_transform *nc_alternating_flip_new(void)
{
    struct nc_transform *transform = flip_new("AlternatingFlip", 0, 0);
    if (transform != NULL)
        transform->plan = alternating_plan;
    return transform;
}
