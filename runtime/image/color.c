/* torchvision.transforms.ColorJitter, Grayscale and RandomGrayscale: PIL's ImageEnhance.py and its blending (Blend.c),
 * conversion to grey and to hue, saturation, value and back (Convert.c). */
#include <math.h>
#include <stdlib.h>

#include "pixels.h"

/* ITU-R 601-2 in whole numbers. */
static inline int grey(const unsigned char *pixel)
{
    return (pixel[0] * 19595 + pixel[1] * 38470 + pixel[2] * 7471 + 0x8000) >> 16;
}

/* ---- Blending ---------------------------------------------------------------------------------------------------- */

/* From `a`, where factor is 0, to `b`, where it is 1, and beyond. */
static inline unsigned char blend(int a, int b, float factor)
{
    float x = (float)a + factor * (float)(b - a);
    return (unsigned char)(x <= 0 ? 0 : x >= 255 ? 255 : x);
}

/* All bytes are blended with one value. */
static void blend_with(struct nc_image *image, int value, float factor)
{
    unsigned char table[256];
    long long bytes = (long long)image->width * image->height * image->channels;
    for (int b = 0; b < 256; b++)
        table[b] = blend(value, b, factor);
    for (long long i = 0; i < bytes; i++)
        image->bytes[i] = table[image->bytes[i]];
}

static void adjust_contrast(struct nc_image *image, float factor)
{
    long long pixels = (long long)image->width * image->height, sum = 0;
    if (image->channels == 3)
        for (long long i = 0; i < pixels; i++)
            sum += grey(image->bytes + 3 * i);
    else
        for (long long i = 0; i < pixels; i++)
            sum += image->bytes[i];
    blend_with(image, (int)((double)sum / (double)pixels + 0.5), factor);
}

static void adjust_saturation(struct nc_image *image, float factor)
{
    long long pixels = (long long)image->width * image->height;
    unsigned char *pixel = image->bytes;
    for (long long i = 0; i < pixels && image->channels == 3; i++, pixel += 3) {
        int value = grey(pixel);
        for (int c = 0; c < 3; c++)
            pixel[c] = blend(value, pixel[c], factor);
    }
}

/* ---- Hue --------------------------------------------------------------------------------------------------------- */

/* Hue and saturation of a colour that isn't grey, as bytes. */
static inline void hue_of(const unsigned char *pixel, int most, int least, int *hue, int *saturation)
{
    int r = pixel[0], g = pixel[1], b = pixel[2];
    float range = (float)(most - least);
    float rc = (float)(most - r) / range, gc = (float)(most - g) / range, bc = (float)(most - b) / range;
    float h = r == most ? bc - gc : g == most ? (float)(2.0 + rc - bc) : (float)(4.0 + gc - rc);
    double turn = h / 6.0 + 1.0;
    h = (float)(turn >= 1.0 ? turn - 1.0 : turn); /* fmod(turn, 1.0) */
    *hue = (int)(h * 255.0);
    *saturation = (int)(range / (float)most * 255.0);
}

/* What the hue alone says of the way back. */
struct hue {
    float fraction;
    unsigned char at[3]; /* the places of v, and of what is left of it: */
    unsigned char rises; /* t, which rises with the fraction; or q, which falls */
};

static void make_hues(struct hue hues[256])
{
    static const unsigned char places[6][3] = {{0, 1, 2}, {1, 0, 2}, {1, 2, 0}, {2, 1, 0}, {2, 0, 1}, {0, 2, 1}};
    for (int h = 0; h < 256; h++) {
        int sector = (int)floor((float)h * 6.0 / 255.0);
        hues[h].fraction = (float)((float)h * 6.0 / 255.0 - (float)sector);
        hues[h].rises = sector % 2 == 0;
        memcpy(hues[h].at, places[sector % 6], 3);
    }
}

/* round(value * factor), which is the same for all that comes out of three bytes, and quicker. */
static inline unsigned char part_of(float value, double factor)
{
    return (unsigned char)(int)(value * factor + 0.5);
}

static inline void colour_of(const struct hue *hue, int saturation, int value, unsigned char *pixel)
{
    float v = (float)value, s = (float)((float)saturation / 255.0), f = hue->fraction;
    pixel[hue->at[0]] = (unsigned char)value;
    pixel[hue->at[1]] = part_of(v, hue->rises ? 1.0 - s * (1.0 - f) : 1.0 - s * f);
    pixel[hue->at[2]] = part_of(v, 1.0 - s);
}

/* The hue is a byte that `shift` is added to, and wraps around. */
static void adjust_hue(struct nc_image *image, int shift)
{
    long long pixels = (long long)image->width * image->height;
    unsigned char *pixel = image->bytes;
    struct hue hues[256];
    if (image->channels != 3)
        return;
    make_hues(hues);
    for (long long i = 0; i < pixels; i++, pixel += 3) {
        int most = pixel[0] > pixel[1] ? pixel[0] : pixel[1], least = pixel[0] < pixel[1] ? pixel[0] : pixel[1];
        int hue, saturation;
        most = most > pixel[2] ? most : pixel[2];
        least = least < pixel[2] ? least : pixel[2];
        if (most == least)
            continue; /* grey comes back as it was */
        hue_of(pixel, most, least, &hue, &saturation);
        if (saturation == 0)
            memset(pixel, most, 3);
        else
            colour_of(&hues[(hue + shift) & 255], saturation, most, pixel);
    }
}

/* ---- ColorJitter ------------------------------------------------------------------------------------------------- */

enum { BRIGHTNESS, CONTRAST, SATURATION, HUE, KINDS };

struct jitter {
    double bounds[KINDS][2];
};

static int is_left_out(const struct jitter *own, int kind)
{
    double center = kind == HUE ? 0 : 1;
    return own->bounds[kind][0] == center && own->bounds[kind][1] == center;
}

/* ColorJitter.get_params (transforms.py): the order first, then the factors. */
static int jitter_plan(const struct nc_transform *transform, struct nc_random *random, struct nc_size *size,
                       struct nc_choice *choice, char error[NC_IMAGE_ERROR])
{
    const struct jitter *own = transform->own;
    (void)size, (void)error;
    nc_randperm(random, KINDS, choice->i);
    for (int kind = 0; kind < KINDS; kind++)
        if (!is_left_out(own, kind))
            choice->f[kind] = nc_random_uniform(random, (float)own->bounds[kind][0], (float)own->bounds[kind][1]);
    return 1;
}

static int jitter_apply(const struct nc_transform *transform, const struct nc_choice *choice, struct nc_image *image,
                        struct nc_image *spare)
{
    const struct jitter *own = transform->own;
    (void)spare;
    for (int i = 0; i < KINDS; i++) {
        int kind = choice->i[i];
        float factor = (float)choice->f[kind];
        if (is_left_out(own, kind) || (factor == 1 && kind != HUE))
            continue;
        switch (kind) {
        case BRIGHTNESS: blend_with(image, 0, factor); break;
        case CONTRAST: adjust_contrast(image, factor); break;
        case SATURATION: adjust_saturation(image, factor); break;
        case HUE: adjust_hue(image, (int)(choice->f[HUE] * 255)); break;
        }
    }
    return 1;
}

struct nc_transform *nc_color_jitter_new(const double brightness[2], const double contrast[2],
                                         const double saturation[2], const double hue[2])
{
    const double *const bounds[KINDS] = {brightness, contrast, saturation, hue};
    struct nc_transform *transform = nc_transform_make("ColorJitter", sizeof(struct jitter));
    if (transform == NULL)
        return NULL;
    struct jitter *own = transform->own;
    for (int kind = 0; kind < KINDS; kind++)
        memcpy(own->bounds[kind], bounds[kind], sizeof own->bounds[kind]);
    transform->random = 1;
    transform->plan = jitter_plan;
    transform->apply = jitter_apply;
    return transform;
}

/* ---- Grayscale --------------------------------------------------------------------------------------------------- */

struct grayscale {
    int channels; /* 0: as many as the picture has */
    float p;
};

static int grayscale_plan(const struct nc_transform *transform, struct nc_random *random, struct nc_size *size,
                          struct nc_choice *choice, char error[NC_IMAGE_ERROR])
{
    const struct grayscale *own = transform->own;
    choice->i[0] = transform->random ? nc_random_uniform(random, 0, 1) < own->p : 1;
    if (own->channels == 0)
        return 1;
    size->channels = own->channels;
    return nc_size_set(transform, size, size->width, size->height, error);
}

static int grayscale_apply(const struct nc_transform *transform, const struct nc_choice *choice,
                           struct nc_image *image, struct nc_image *spare)
{
    const struct grayscale *own = transform->own;
    int in = image->channels, channels = own->channels == 0 ? in : own->channels;
    if (!choice->i[0] || (in == 1 && channels == 1))
        return 1;
    if (!nc_image_shape(spare, image->width, image->height, channels))
        return 0;
    long long pixels = (long long)image->width * image->height;
    const unsigned char *from = image->bytes;
    unsigned char *to = spare->bytes;
    if (channels == 1)
        for (long long i = 0; i < pixels; i++)
            to[i] = (unsigned char)grey(from + 3 * i);
    else
        for (long long i = 0; i < pixels; i++)
            to[3 * i] = to[3 * i + 1] = to[3 * i + 2] = (unsigned char)(in == 3 ? grey(from + 3 * i) : from[i]);
    nc_image_swap(image, spare);
    return 1;
}

static struct nc_transform *grayscale_new(const char *name, int channels, double p, int random)
{
    struct nc_transform *transform = nc_transform_make(name, sizeof(struct grayscale));
    if (transform == NULL)
        return NULL;
    *(struct grayscale *)transform->own = (struct grayscale){channels, (float)p};
    transform->random = random;
    transform->plan = grayscale_plan;
    transform->apply = grayscale_apply;
    return transform;
}

struct nc_transform *nc_grayscale_new(int channels)
{
    return grayscale_new("Grayscale", channels, 1, 0);
}

struct nc_transform *nc_random_grayscale_new(double p)
{
    return grayscale_new("RandomGrayscale", 0, p, 1);
}
