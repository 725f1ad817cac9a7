### Genel bakış, geçmiş, bilgiler kimde, çocuğum hakkında her şey.

overview-title = { $you ->
        [je] Genel bakışın
       *[u] Genel bakışınız
    }
overview-window = Genel bakış
overview-loading = Sorular alınıyor ve kontrol ediliyor.
overview-open-title = { $you ->
        [je] Sana sorulanlar
       *[u] Size sorulanlar
    }
overview-open-none = { $you ->
        [je] Şu anda sana bir şey sorulmuyor.
       *[u] Şu anda size bir şey sorulmuyor.
    }
overview-running-title = Şu anda süren veya izinli olanlar
overview-done-title = Sona erenler
overview-count = { $count ->
        [0] Bekleyen soru yok.
        [one] Bir soru bekliyor.
       *[other] { $count } soru bekliyor.
    }
overview-from-to = Gönderen: { $sender }. Alan: { $recipient }
overview-until = Son yanıt tarihi: { $date }
overview-look-until = Bakmak için son tarih: { $date }
overview-decide = Bak ve karar ver
overview-look = Bak
overview-child-at = { $name }, { $organisation } aracılığıyla
overview-child-unnamed = Çocuk, kurum: { $organisation }
overview-self-at = Senin hakkında, { $organisation } aracılığıyla
overview-join = Bir kod daha ekle
overview-joined-unreadable = Bu mektup şu anda burada açılamıyor.
overview-not-believed = Güvenmediğimiz bir soru var. Onu göstermiyoruz. Arayın: { $organisation }.
overview-said = { $you ->
        [je] Yanıtın: { $choices }
       *[u] Yanıtınız: { $choices }
    }
overview-said-agree = evet
overview-said-mixed = kısmen evet, kısmen hayır
overview-said-refuse = hayır

place-overview = Genel bakış
place-who = Kimde ne var?
place-export = Her şeyi sakla
place-join = Bir kod daha
place-log-out = Çıkış

## Bilgilerim kimde?

holders-title = { $you ->
        [je] Bilgilerin kimde?
       *[u] Bilgiler kimde?
    }
holders-window = Kimde ne var?
holders-lead = Bunlar Handdruk ile gönderildi. Okulların başka yolla verdikleri burada yazmaz.
holders-none = Henüz kimse bir şey almadı.
holders-has = { $organisation } şunları aldı
holders-at = Alındığı tarih: { $date }
holders-read = { $date } tarihinde okuyan: { $professional }
holders-not-confirmed = Gönderildiği tarih: { $date }. Alıcı ulaştığını henüz söylemedi.
holders-erased = { $organisation } diyor ki: { $date } tarihinde silindi.
holders-kept = { $organisation } diyor ki: saklanıyor. Neden: { $ground }
holders-asked = Silinmesi istendi. { $organisation } henüz yanıt vermedi.
holders-keep = Saklayabileceği süre: { $keep }
holders-source = Bunu alıcı söylüyor. Handdruk iletiyor.
holders-question = Soruya git
holders-accepted = Biri bunu üstlendi, tarih: { $date }.
holders-declined = Kabul edilmedi, tarih: { $date }.

## Çocuğum hakkında her şey

export-title = { $you ->
        [je] Hakkındaki her şeyi sakla
       *[u] Çocuğunuz hakkındaki her şeyi saklayın
    }
export-window = Her şeyi sakla
export-lead = { $you ->
        [je] Bilgilerinin bir kopyasını alma hakkın var. Burada kendi cihazında bir kopya yaparsın.
       *[u] Bilgilerin bir kopyasını alma hakkınız var. Burada kendi cihazınızda bir kopya yaparsınız.
    }
export-what = İçinde, burada görebildiğiniz her şey bütün imzalarıyla vardır. Başkasına ait olanlar yoktur.
export-care = Dikkat. Dosyada sağlık ve aile bilgileri var. Güvenli bir yerde saklayın.
export-json = Bilgisayarlar için dosya (JSON)
export-html = Okumak için sayfa
export-busy = Hazırlanıyor. { $total } adımdan { $done } tamam.
export-done = Hazır. Dosya indirilenler arasında.
export-more = Bir okulun veya yardım kurumunun kendisinde bulunanları onlardan istersiniz. Bir ay içinde yanıt vermek zorundalar.

## Oturum

session-warning-title = { $you ->
        [je] Hâlâ orada mısın?
       *[u] Hâlâ orada mısınız?
    }
session-warning = { $you ->
        [je] { $minutes ->
            [one] 1 dakika
           *[other] { $minutes } dakika
        } sonra oturumun kapanacak. Henüz imzalamadıkların o zaman silinir.
       *[u] { $minutes ->
            [one] 1 dakika
           *[other] { $minutes } dakika
        } sonra oturumunuz kapanacak. Henüz imzalamadıklarınız o zaman silinir.
    }
session-warning-last = Daha uzun kalınamaz. Sonra yeniden girin.
session-stay = Buradayım
session-leave = Çıkış
