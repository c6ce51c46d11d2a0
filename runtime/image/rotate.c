/* torchvision.transforms.RandomRotation: PIL's Image.rotate (Image.py) and the affine transform it makes of an angle
 * (Geometry.c). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "pixels.h"

struct rotation {
    double degrees[2], center[2];
    int centered; /* `center` was given */
    int expand;
    enum nc_interpolation interpolation;
    struct nc_border border;
};

enum { TURN, WIDTH, HEIGHT };                    /* choice->i */
enum { STAY, TURN_90, TURN_180, TURN_270, FREE }; /* TURN */

/* ---- Planning ---------------------------------------------------------------------------------------------------- */

/* Python's round(x, 15): to the nearest number of 15 decimals, as printf finds it. */
static double round15(double x)
{
    char text[64];
    snprintf(text, sizeof text, "%.15f", x);
    return strtod(text, NULL);
}

/* Where the place (x, y) of the result lies in the picture. */
static void locate(const double *m, double x, double y, double *to_x, double *to_y)
{
    double at_x = m[0] * x + m[1] * y + m[2], at_y = m[3] * x + m[4] * y + m[5];
    *to_x = at_x;
    *to_y = at_y;
}

/* The size that holds the whole rotated picture, which the matrix is moved to the middle of. */
static void expand(double *m, double *width, double *height)
{
    const double w = *width, h = *height, corner[4][2] = {{0, 0}, {w, 0}, {w, h}, {0, h}};
    double left = INFINITY, right = -INFINITY, top = INFINITY, bottom = -INFINITY;
    for (int i = 0; i < 4; i++) {
        double x, y;
        locate(m, corner[i][0], corner[i][1], &x, &y);
        left = fmin(left, x);
        right = fmax(right, x);
        top = fmin(top, y);
        bottom = fmax(bottom, y);
    }
    *width = ceil(right) - floor(left);
    *height = ceil(bottom) - floor(top);
    locate(m, -(*width - w) / 2.0, -(*height - h) / 2.0, &m[2], &m[5]);
}

static int turn_of(const struct rotation *own, double angle, const struct nc_size *size)
{
    int square = own->expand || size->width == size->height;
    if (own->centered)
        return FREE;
    return angle == 0 ? STAY : angle == 180 ? TURN_180 : angle == 90 && square ? TURN_90 :
           angle == 270 && square ? TURN_270 : FREE;
}

static int rotation_plan(const struct nc_transform *transform, struct nc_random *random, struct nc_size *size,
                         struct nc_choice *choice, char error[NC_IMAGE_ERROR])
{
    const struct rotation *own = transform->own;
    if (!nc_border_check(&own->border, size->channels, error))
        return 0;
    double angle = nc_random_uniform(random, (float)own->degrees[0], (float)own->degrees[1]);
    angle = fmod(angle, 360.0);
    angle += angle < 0 ? 360.0 : 0.0;
    double width = size->width, height = size->height, *m = choice->f;
    choice->i[TURN] = turn_of(own, angle, size);
    if (choice->i[TURN] == TURN_90 || choice->i[TURN] == TURN_270) {
        width = size->height;
        height = size->width;
    } else if (choice->i[TURN] == FREE) {
        double x = own->centered ? own->center[0] : width / 2, y = own->centered ? own->center[1] : height / 2;
        angle = -(angle * (M_PI / 180.0));
        m[0] = m[4] = round15(cos(angle));
        m[1] = round15(sin(angle));
        m[3] = round15(-sin(angle));
        m[2] = m[5] = 0;
        locate(m, -x, -y, &m[2], &m[5]);
        m[2] += x;
        m[5] += y;
        if (own->expand)
            expand(m, &width, &height);
    }
    if (!(width >= 1 && width <= NC_IMAGE_MOST_BYTES && height >= 1 && height <= NC_IMAGE_MOST_BYTES))
        width = height = 0; /* a center far away */
    if (!nc_size_set(transform, size, (long long)width, (long long)height, error))
        return 0;
    choice->i[WIDTH] = size->width;
    choice->i[HEIGHT] = size->height;
    return 1;
}

/* ---- The nearest pixel ------------------------------------------------------------------------------------------- */

static inline void take(unsigned char *out, const struct nc_view *in, int x, int y)
{
    if (x >= 0 && x < in->width && y >= 0 && y < in->height)
        nc_pixel_copy(out, in->bytes + y * in->stride + (size_t)x * in->channels, in->channels);
}

/* Geometry.c's COORD. */
static inline int coordinate(double v)
{
    return v < 0.0 ? -1 : v < NC_IMAGE_MOST_BYTES ? (int)v : NC_IMAGE_MOST_BYTES;
}

/* ImagingScaleAffine: no rotation is left; running sums. */
static void scale(const struct nc_view *in, const double *m, struct nc_image *out)
{
    unsigned char *to = out->bytes;
    double at_y = m[5] + m[4] * 0.5;
    for (int y = 0; y < out->height; y++, at_y += m[4]) {
        double at_x = m[2] + m[0] * 0.5;
        for (int x = 0; x < out->width; x++, at_x += m[0], to += in->channels)
            take(to, in, coordinate(at_x), coordinate(at_y));
    }
}

static int fits_fixed(const double *m, int x, int y)
{
    double at_x, at_y;
    locate(m, x, y, &at_x, &at_y);
    return fabs(at_x) < 32768.0 && fabs(at_y) < 32768.0;
}

static int fixed(double v)
{
    return (int)floor(v * 65536.0 + 0.5);
}

/* affine_fixed: places with 16 bits behind the point. */
static void turn_fixed(const struct nc_view *in, const double *m, struct nc_image *out)
{
    const int step_x = fixed(m[0]), step_y = fixed(m[3]), row_x = fixed(m[1]), row_y = fixed(m[4]);
    unsigned row_at_x = (unsigned)fixed(m[2] + m[0] * 0.5 + m[1] * 0.5);
    unsigned row_at_y = (unsigned)fixed(m[5] + m[3] * 0.5 + m[4] * 0.5);
    unsigned char *to = out->bytes;
    for (int y = 0; y < out->height; y++, row_at_x += (unsigned)row_x, row_at_y += (unsigned)row_y) {
        unsigned at_x = row_at_x, at_y = row_at_y;
        for (int x = 0; x < out->width; x++, to += in->channels) {
            take(to, in, (int)at_x >> 16, (int)at_y >> 16);
            at_x += (unsigned)step_x;
            at_y += (unsigned)step_y;
        }
    }
}

/* ImagingTransformAffine, for pictures too large for that: running sums. */
static void turn_large(const struct nc_view *in, const double *m, struct nc_image *out)
{
    double row_at_x = m[2] + m[1] * 0.5 + m[0] * 0.5, row_at_y = m[5] + m[4] * 0.5 + m[3] * 0.5;
    unsigned char *to = out->bytes;
    for (int y = 0; y < out->height; y++, row_at_x += m[1], row_at_y += m[4]) {
        double at_x = row_at_x, at_y = row_at_y;
        for (int x = 0; x < out->width; x++, at_x += m[0], at_y += m[3], to += in->channels)
            take(to, in, coordinate(at_x), coordinate(at_y));
    }
}

/* ---- Between pixels ---------------------------------------------------------------------------------------------- */

/* Four rows and four columns around a place, those at the edge repeated; the distance from the second of each. */
struct around {
    const unsigned char *row[4];
    int column[4];
    double dx, dy;
};

static inline int clamp(int at, int size)
{
    return at < 0 ? 0 : at < size ? at : size - 1;
}

/* The place of pixel (x, y) of the result; 0: outside of the picture. */
static inline int look_around(const struct nc_view *in, const double *m, int x, int y, struct around *a)
{
    double at_x, at_y;
    locate(m, x + 0.5, y + 0.5, &at_x, &at_y);
    if (!(at_x >= 0.0 && at_x < in->width && at_y >= 0.0 && at_y < in->height))
        return 0;
    at_x -= 0.5;
    at_y -= 0.5;
    int left = (int)floor(at_x), top = (int)floor(at_y);
    a->dx = at_x - left;
    a->dy = at_y - top;
    for (int i = 0; i < 4; i++) {
        a->column[i] = clamp(left - 1 + i, in->width) * in->channels;
        a->row[i] = in->bytes + clamp(top - 1 + i, in->height) * in->stride;
    }
    return 1;
}

static inline double linear(double a, double b, double d)
{
    return a + (b - a) * d;
}

static inline double cubic(double a, double b, double c, double d, double at)
{
    double p2 = -a + c, p3 = 2 * (a - b) + c - d, p4 = -a + b - c + d;
    return b + at * (p2 + at * (p3 + at * p4));
}

/* bilinear_filter32RGB */
static void turn_bilinear(const struct nc_view *in, const double *m, struct nc_image *out)
{
    unsigned char *to = out->bytes;
    struct around a;
    for (int y = 0; y < out->height; y++)
        for (int x = 0; x < out->width; x++, to += in->channels)
            for (int c = 0, inside = look_around(in, m, x, y, &a); c < in->channels && inside; c++) {
                double v1 = linear(a.row[1][a.column[1] + c], a.row[1][a.column[2] + c], a.dx);
                double v2 = linear(a.row[2][a.column[1] + c], a.row[2][a.column[2] + c], a.dx);
                to[c] = (unsigned char)linear(v1, v2, a.dy);
            }
}

/* bicubic_filter32RGB */
static void turn_bicubic(const struct nc_view *in, const double *m, struct nc_image *out)
{
    unsigned char *to = out->bytes;
    struct around a;
    for (int y = 0; y < out->height; y++)
        for (int x = 0; x < out->width; x++, to += in->channels)
            for (int c = 0, inside = look_around(in, m, x, y, &a); c < in->channels && inside; c++) {
                double v[4];
                for (int i = 0; i < 4; i++)
                    v[i] = cubic(a.row[i][a.column[0] + c], a.row[i][a.column[1] + c], a.row[i][a.column[2] + c],
                                 a.row[i][a.column[3] + c], a.dx);
                double sum = cubic(v[0], v[1], v[2], v[3], a.dy);
                to[c] = (unsigned char)(sum <= 0.0 ? 0 : sum >= 255.0 ? 255 : sum);
            }
}

/* ---- Applying ---------------------------------------------------------------------------------------------------- */

/* Image.transpose by a multiple of 90 degrees, counterclockwise. */
static void turn_square(const struct nc_view *in, int turn, struct nc_image *out)
{
    unsigned char *to = out->bytes;
    for (int y = 0; y < out->height; y++)
        for (int x = 0; x < out->width; x++, to += in->channels) {
            int from_x = turn == TURN_90 ? in->width - 1 - y : turn == TURN_180 ? in->width - 1 - x : y;
            int from_y = turn == TURN_90 ? x : turn == TURN_180 ? in->height - 1 - y : in->height - 1 - x;
            take(to, in, from_x, from_y);
        }
}

static void turn_nearest(const struct nc_view *in, const double *m, struct nc_image *out)
{
    int w = out->width, h = out->height;
    if (m[1] == 0 && m[3] == 0)
        scale(in, m, out);
    else if (fits_fixed(m, 0, 0) && fits_fixed(m, w, h) && fits_fixed(m, 0, h) && fits_fixed(m, w, 0))
        turn_fixed(in, m, out);
    else
        turn_large(in, m, out);
}

static int rotation_apply(const struct nc_transform *transform, const struct nc_choice *choice, struct nc_image *image,
                          struct nc_image *spare)
{
    const struct rotation *own = transform->own;
    struct nc_view in = nc_image_view(image, 0, 0, image->width, image->height);
    if (choice->i[TURN] == STAY)
        return 1;
    if (!nc_image_shape(spare, choice->i[WIDTH], choice->i[HEIGHT], in.channels))
        return 0;
    if (choice->i[TURN] != FREE) {
        turn_square(&in, choice->i[TURN], spare);
    } else {
        unsigned char color[3];
        nc_border_color(&own->border, color);
        long long pixels = (long long)spare->width * spare->height;
        for (long long i = 0; i < pixels; i++)
            nc_pixel_copy(spare->bytes + i * in.channels, color, in.channels);
        if (own->interpolation == NC_NEAREST)
            turn_nearest(&in, choice->f, spare);
        else if (own->interpolation == NC_BILINEAR)
            turn_bilinear(&in, choice->f, spare);
        else
            turn_bicubic(&in, choice->f, spare);
    }
    nc_image_swap(image, spare);
    return 1;
}

struct nc_transform *nc_random_rotation_new(const double degrees[2], enum nc_interpolation interpolation, int expands,
                                            const double *center, struct nc_border border)
{
    struct nc_transform *transform = nc_transform_make("RandomRotation", sizeof(struct rotation));
    if (transform == NULL)
        return NULL;
    struct rotation *own = transform->own;
    for (int i = 0; i < 2; i++) {
        own->degrees[i] = degrees[i];
        own->center[i] = center != NULL ? center[i] : 0;
    }
    own->centered = center != NULL;
    own->expand = expands;
    own->interpolation = interpolation;
    own->border = border;
    transform->random = 1;
    transform->plan = rotation_plan;
    transform->apply = rotation_apply;
    return transform;
}
