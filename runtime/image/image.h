/* image.h: a picture in memory, as the decoders leave it and the transforms take it. */
#ifndef NC_IMAGE_IMAGE_H
#define NC_IMAGE_IMAGE_H

/* Rows of pixels from the top, the channels of a pixel side by side, as PIL's "L" and "RGB"; all zero: no picture. */
struct nc_image {
    int width, height;
    int channels;         /* 1: grey; 3: red, green, blue */
    unsigned char *bytes; /* [height][width][channels] */
    long long capacity;       /* bytes there is memory for */
};

enum {
    NC_IMAGE_ERROR = 256,             /* bytes of a sentence about what is wrong with a picture, its end included */
    NC_IMAGE_MOST_BYTES = 0x7fffffff, /* of one picture */
};

/* How sentences begin that tell of the machine, not of the picture: another one might be read in its place. */
#define NC_IMAGE_NO_MEMORY "there is no memory"
#define NC_IMAGE_NO_LIBRARY "the library "

/* Whether a picture of that size can be: sides of at least 1, NC_IMAGE_MOST_BYTES at most. */
int nc_image_possible(long long width, long long height, int channels);

/* Gives the picture this size, a possible one, and more memory where it has too little; the pixels are then anything.
 * Returns 0, and leaves the picture as it was, when there is no memory. */
int nc_image_shape(struct nc_image *image, int width, int height, int channels);

/* The same with all pixels white. Returns 0 too where a picture of that size can't be. */
int nc_image_blank(struct nc_image *image, long long width, long long height, int channels);

/* Exchanges what two hold. */
void nc_image_swap(struct nc_image *a, struct nc_image *b);

/* Gives the memory back: no picture is left. */
void nc_image_free(struct nc_image *image);

#endif
