/* answers.h: what the model answers of the test data: how often each class is taken for another, and the samples of
 * whose wrong answers it is surest. An evaluation gathers that where somebody will show it (the log), of samples that
 * have one class each, or a yes or no. It takes what metrics.c notes of each sample; no step is asked for anything. */
#ifndef NC_STEP_ANSWERS_H
#define NC_STEP_ANSWERS_H

#include "core.h"

/* A matrix of more classes is not kept: only how many samples of each class there are, and are told right. */
enum { NC_MATRIX_CLASSES = 1024 };

/* A sample whose class is told wrong. */
struct nc_wrong {
    long long sample;    /* its number in the test data */
    int label, answer;
    float confidence;    /* the probability that the answer was given */
    unsigned char *seen; /* a picture's numbers as the data set gives them (shown.h); NULL: the sample is no picture */
};

/* Of the last evaluation. */
struct nc_answers {
    int made;               /* evaluations so far */
    int most, count;        /* wrong samples that are kept at most, and are there */
    struct nc_wrong *wrong; /* [count] the surest first; of equals the one that comes first */
    const struct nc_pass *pass;
    long long bytes; /* of a picture; 0: samples are none */
};

/* Before nc_metrics_prepare: the evaluation, whose samples go through `pass`, keeps run->answers from now on, with
 * `most` wrong samples. Where answers are neither classes nor a yes or no it stays NULL. */
void nc_answers_prepare(struct nc_run *run, const struct nc_pass *pass, int most);
void nc_answers_free(struct nc_run *run);

/* An evaluation begins. Sample `place` of the pass was told wrong; in the main thread, in the samples' order. */
void nc_answers_begin(struct nc_run *run);
void nc_answers_take(struct nc_run *run, int place, int label, int answer, float confidence);

/* Behind a pass that processes share: all have what metrics.c has noted of each sample. */
void nc_metrics_share(struct nc_run *run, const struct nc_pass *pass);

/* How many classes there are, and what they are called: names, words of a target, or numbers in `number`. */
int nc_answers_classes(const struct nc_run *run);
const char *nc_answers_class(const struct nc_run *run, int c, char number[16]);

#endif
