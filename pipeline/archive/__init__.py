"""The month's archive for marketing as BagIt bags (RFC 8493): made whole, verified, supplemented, never changed."""
