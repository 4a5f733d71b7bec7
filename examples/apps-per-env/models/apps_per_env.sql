SELECT dato, env, datacenter, count(*) AS antall_apper
FROM stg_apps
GROUP BY dato, env, datacenter
