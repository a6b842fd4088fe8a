#include "base/crypto.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

/*
 * Short of memory, libcrypto says in places that it does not know the
 * algorithm, or nothing; malloc's errno tells. The caller has set it to 0.
 */
static bool fail_crypto(hr_error *err, const char *what)
{
	const char *reason = ERR_reason_error_string(ERR_get_error());

	ERR_clear_error();
	if (errno == ENOMEM)
		return hr_fail_memory(err);
	return hr_fail(err, HR_E_INTERNAL, "cannot compute %s: %s", what,
		       reason ? reason : "no reason given");
}

/* libcrypto takes NULL for "the same as before" in places: an empty slice gets an address. */
static const void *bytes_of(hr_str s)
{
	return s.data ? s.data : "";
}

bool hr_sha256(hr_str data, hr_digest *out, hr_error *err)
{
	hr_digest digest;

	errno = 0;
	if (!EVP_Digest(bytes_of(data), data.len, digest.bytes, NULL, EVP_sha256(), NULL))
		return fail_crypto(err, "SHA-256");
	*out = digest;
	return true;
}

/* libcrypto's own, by our name. */
static EVP_MD_CTX *context_of(hr_sha256_run *run)
{
	return (EVP_MD_CTX *)run;
}

hr_sha256_run *hr_sha256_begin(hr_error *err)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();

	errno = 0;
	if (context && EVP_DigestInit_ex(context, EVP_sha256(), NULL))
		return (hr_sha256_run *)context;
	if (context)
		fail_crypto(err, "SHA-256");
	else
		hr_fail_memory(err);
	EVP_MD_CTX_free(context);
	return NULL;
}

bool hr_sha256_add(hr_sha256_run *run, hr_str bytes, hr_error *err)
{
	errno = 0;
	return EVP_DigestUpdate(context_of(run), bytes_of(bytes), bytes.len) ||
	       fail_crypto(err, "SHA-256");
}

bool hr_sha256_end(hr_sha256_run *run, hr_digest *out, hr_error *err)
{
	hr_digest digest;
	bool ok = true;

	errno = 0;
	if (out)
		ok = EVP_DigestFinal_ex(context_of(run), digest.bytes, NULL) ||
		     fail_crypto(err, "SHA-256");
	if (out && ok)
		*out = digest;
	EVP_MD_CTX_free(context_of(run));
	return ok;
}

bool hr_hmac_sha256(hr_str key, hr_str data, hr_digest *out, hr_error *err)
{
	hr_digest digest;

	errno = 0;
	if (!EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, bytes_of(key), key.len, bytes_of(data),
		       data.len, digest.bytes, sizeof(digest.bytes), NULL))
		return fail_crypto(err, "HMAC-SHA-256");
	*out = digest;
	return true;
}

/* libcrypto reads it through a pointer to what it may write, and does not. */
static OSSL_PARAM param_of(const char *name, hr_str bytes)
{
	return OSSL_PARAM_construct_octet_string(name, (void *)(uintptr_t)bytes_of(bytes),
						 bytes.len);
}

bool hr_scrypt(hr_str word, hr_str salt, unsigned log2_n, hr_digest *out, hr_error *err)
{
	uint64_t n = (uint64_t)1 << log2_n;
	uint32_t r = 8;
	uint32_t p = 1;
	uint64_t bytes_max = n * 2048; /* libcrypto wants a bound; this is twice what it takes */
	const OSSL_PARAM params[] = {
		param_of(OSSL_KDF_PARAM_PASSWORD, word),
		param_of(OSSL_KDF_PARAM_SALT, salt),
		OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &n),
		OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_R, &r),
		OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_P, &p),
		OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_MAXMEM, &bytes_max),
		OSSL_PARAM_construct_end(),
	};
	EVP_KDF *kdf;
	EVP_KDF_CTX *context;
	hr_digest digest;
	bool ok;

	errno = 0;
	kdf = EVP_KDF_fetch(NULL, "SCRYPT", NULL);
	context = EVP_KDF_CTX_new(kdf);
	ok = context && EVP_KDF_derive(context, digest.bytes, sizeof(digest.bytes), params) > 0;
	ok = ok || fail_crypto(err, "scrypt");
	EVP_KDF_CTX_free(context);
	EVP_KDF_free(kdf);
	if (ok)
		*out = digest;
	return ok;
}

bool hr_digest_equal(const hr_digest *a, const hr_digest *b)
{
	return CRYPTO_memcmp(a->bytes, b->bytes, HR_SHA256_BYTES) == 0;
}

hr_str hr_digest_format(const hr_digest *digest, char out[HR_SHA256_TEXT])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < HR_SHA256_BYTES; i++) {
		out[2 * i] = digits[digest->bytes[i] >> 4];
		out[2 * i + 1] = digits[digest->bytes[i] & 15];
	}
	out[HR_SHA256_TEXT - 1] = '\0';
	return (hr_str){ out, HR_SHA256_TEXT - 1 };
}

/* -1 when it is none; upper-case letters are none, so that a digest has one form. */
static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool hr_digest_parse(hr_str text, hr_digest *out)
{
	hr_digest digest;

	if (text.len != 2 * sizeof(digest.bytes))
		return false;
	for (size_t i = 0; i < HR_SHA256_BYTES; i++) {
		int high = digit_value(text.data[2 * i]);
		int low = digit_value(text.data[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		digest.bytes[i] = (unsigned char)(high << 4 | low);
	}
	*out = digest;
	return true;
}
