// One HTTP exchange by libcurl, whose own functions take variable arguments that Swift cannot call.
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef struct {
    const char *method;
    const char *url;
    /// "Name: value" each.
    const char *const *fields;
    size_t field_count;
    /// NULL: no body.
    const uint8_t *body;
    size_t body_count;
    /// Without progress for so long it fails.
    long timeout_seconds;
} holdfast_request;

typedef struct {
    long status;
    /// The final answer's field lines, CRLF between them; owned by the receiver: free(3).
    char *fields;
    size_t field_count;
    /// Owned by the receiver: free(3).
    char *body;
    size_t body_count;
    /// Why there is no answer; empty if there is one.
    char error[256];
} holdfast_answer;

/// Blocks until there is an answer or none can come. Returns 0 for an answer. From any thread:
/// connections are kept for the next request, by whichever thread.
int holdfast_exchange(const holdfast_request *request, holdfast_answer *answer);
