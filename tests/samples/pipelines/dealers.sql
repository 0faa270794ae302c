-- Dealers with the hash of their row; {{ RUN_DATE }} comes from the variables.
CREATE OR REPLACE TABLE ${CATALOG}.gold_layer.na_dealer_performance_monthly_snapshot_with_incentives_and_residuals_v2 AS
WITH ranked AS (
  SELECT d.dealer_id,
         d.account_key,
         d.client_key,
         d.token AS visitor_token,
         MD5(CONCAT_WS('||', d.vin, d.model_year, d.region)) AS row_md5,
         SHA2(CONCAT(d.email, '${SALT}'), 256)               AS email_hash,
         ROW_NUMBER() OVER (PARTITION BY d.partition_key ORDER BY d.updated_at DESC) AS rn
  FROM silver.dealers d
  JOIN silver.api_keys k ON k.api_key = d.api_key AND k.secret_id = d.secret_id
  WHERE d.row_hash <> 'd41d8cd98f00b204e9800998ecf8427e'
    AND d.file_sha256 NOT IN ('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    AND d.batch_id = '550e8400-e29b-41d4-a716-446655440000'
    AND d.job_id = '65f1c0de'
    AND d.mongo_id = '507f1f77bcf86cd799439011'
    AND d.account_key = 'A10X93B2'
    AND d.token_type = 'Bearer'
    AND d.password_changed_on >= DATE '2024-01-01'
    AND d.password IS NOT NULL AND d.password <> ''
    AND d.secret_question = 'First car, 1998 model?'
    AND d.token LIKE '%2024-Q3%'
    AND d.token <> 0x1F2E3D4C AND d.session_token = :session_token
    AND d.refresh_token = @refresh_token
)
SELECT dealer_id, visitor_token, 'password' AS field_name, CAST(NULL AS STRING) AS token, 'N/A' AS secret,
       CASE WHEN password_strength > 3 THEN 'strong_password' ELSE 'weak_password' END AS password,
       REGEXP_EXTRACT(url, 'https?://([^:/]+):([^@]+)@', 1) AS host_user,
       GET_JSON_OBJECT(payload, '$.access_token.value1') AS access_token,
       REGEXP_REPLACE(token, '[^0-9A-Fa-f]{8,}', '#') AS token_masked,
       DATE_FORMAT(sold_on, "yyyy-MM-dd'T'HH:mm:ss") AS token_date
FROM ranked
WHERE rn = 1 AND api_key = 'YOUR_API_KEY' OR api_key = '<api-key>' OR secret = '********' OR token = 'changeme'
